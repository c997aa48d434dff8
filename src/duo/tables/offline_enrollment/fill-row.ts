import { uniqueTexts } from "../../../ecs/unique-texts.ts";
import { copyTexts, put, unlessEmpty, type Doc } from "../common/doc.ts";
import type { RowParts } from "../common/map-event.ts";
import type { OfflineEnrollmentEntry } from "./entry.ts";

const DESCRIPTION_TEXTS: readonly string[] = ["factor", "hostname", "user_agent"];

const TYPES: ReadonlyMap<string, string> = new Map([
  ["o2fa_user_provisioned", "creation"],
  ["o2fa_user_deprovisioned", "deletion"],
  ["o2fa_user_reenrolled", "change"],
]);

/** Fills a row of `offline_enrollment`: rows of every log have the same columns filled by the same rules. */
export function fillRow(entry: OfflineEnrollmentEntry, { row, event: ecsEvent, duo }: RowParts): void {
  const { action, user, structure } = entry;
  const description = Array.isArray(structure) ? undefined : copyTexts(structure, DESCRIPTION_TEXTS);
  const hostname = description?.["hostname"] as string | undefined;

  put(ecsEvent, "action", action);
  ecsEvent["category"] = ["iam"];
  ecsEvent["type"] = ["user", TYPES.get(action ?? "") ?? "info"];
  ecsEvent["outcome"] = entry.outcome;

  put(row, "message", entry.text);
  if (user !== undefined) row["user"] = { name: user };
  if (hostname !== undefined) row["host"] = { name: hostname };
  const agent = description?.["user_agent"];
  if (agent !== undefined) row["user_agent"] = { original: agent };
  const related: Doc = {};
  put(related, "hosts", uniqueTexts([hostname]));
  put(related, "user", uniqueTexts([user]));
  put(row, "related", unlessEmpty(related));

  put(duo, "action", action);
  put(duo, "object", entry.object);
  put(duo, "description", description);
  if (user !== undefined) duo["user"] = { name: user };
}
