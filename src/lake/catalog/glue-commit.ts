import { randomUUID } from "node:crypto";
import { DuolakeError } from "../../core/errors.ts";
import type { TableMetadata } from "../spec/types.ts";
import type { Loaded } from "./catalog.ts";
import { CommitConflict, CommitUnknown } from "./catalog.ts";
import type { GlueTable } from "./glue-client.ts";
import { glueError } from "./glue-error.ts";
import { asked, findTable, type GlueTools, isNotThere, placeOf } from "./glue-find.ts";
import { readMetadata } from "./glue-read.ts";
import { glueTableInput, metadataLocationOf } from "./glue-table.ts";
import { type WriteOutcome, writeOnce } from "./glue-write-once.ts";
import { metadataBytes } from "./metadata-bytes.ts";
import { pruneMetadata } from "./prune-metadata.ts";

const NUMBER = /\/v?(\d+)[^/]*\.metadata\.json$/;

/**
 * Makes a table in Glue, and its database where there is none.
 *
 * @param root where the database's tables are
 * @throws CommitConflict where there is a table of that name, of whatever kind; CommitUnknown
 */
export async function createInGlue(
  tools: GlueTools,
  table: { readonly name: string; readonly metadata: TableMetadata; readonly root: string },
): Promise<Loaded> {
  const { name, metadata, root } = table;
  if ((await findTable(tools, name)) !== undefined) throw new CommitConflict(`table ${name} exists`);
  const metadataLocation = await writeMetadata(tools, metadata, 0);
  const input = glueTableInput({ name, now: undefined, metadata, metadataLocation });
  const send = (wasSent: boolean): Promise<WriteOutcome> =>
    writeOnce(tools.clock, {
      wasSent,
      send: () => tools.requests.createTable(input),
      refusal: "AlreadyExistsException",
      look: async () => {
        const now = await findTable(tools, name);
        if (now === undefined) return undefined;
        const there = await readMetadata(tools.store, metadataLocationOf(now, placeOf(tools, name)));
        return there["table-uuid"] === metadata["table-uuid"] ? "ours" : "another's";
      },
    });
  let outcome = await send(false);
  if ("error" in outcome && isNotThere(outcome.error)) {
    await createDatabase(tools, root);
    outcome = await send(outcome.kind === "unknown");
  }
  await settle(tools, outcome, { name, metadataLocation, action: "glue:CreateTable" });
  return { name, metadata, metadataLocation };
}

/**
 * Makes `metadata` the table's metadata where it is still at `base`: one request that names the version it was decided on.
 *
 * @throws CommitConflict, CommitUnknown; lake_metadata_invalid where the table is gone
 */
export async function commitInGlue(
  tools: GlueTools,
  change: { readonly base: Loaded; readonly metadata: TableMetadata },
): Promise<Loaded> {
  const { base, metadata } = change;
  const { name } = base;
  const now = await findTable(tools, name);
  if (now === undefined) throw goneFromGlue(tools, name);
  if (metadataLocationOf(now, placeOf(tools, name)) !== base.metadataLocation) {
    throw new CommitConflict(`${base.metadataLocation} is not the current metadata`);
  }
  const versionId = versionIdOf(now, placeOf(tools, name));
  const version = Number(NUMBER.exec(base.metadataLocation)?.[1] ?? -1) + 1;
  const metadataLocation = await writeMetadata(tools, metadata, version);
  const input = glueTableInput({ name, now, metadata, metadataLocation });
  const outcome = await writeOnce(tools.clock, {
    send: () => tools.requests.updateTable(input, versionId),
    refusal: "ConcurrentModificationException",
    look: () => whoseIs(tools, { base, versionId, metadataLocation }),
  });
  await settle(tools, outcome, { name, metadataLocation, action: "glue:UpdateTable" });
  await pruneMetadata(tools.store, base.metadata, metadata);
  return { name, metadata, metadataLocation };
}

/** The error of a table that was there and is not any more. */
export function goneFromGlue(tools: GlueTools, name: string): DuolakeError {
  return new DuolakeError(
    "lake_metadata_invalid",
    `Cannot use table ${placeOf(tools, name)}: it is gone from Glue; make it again with the metadata_location of its newest metadata file, or start it anew`,
  );
}

/**
 * Whose commit followed on the base, after an answer was lost. Metadata names the files before it, so a successor of the base that does
 * not name ours shows that ours was refused, and will be.
 */
async function whoseIs(
  tools: GlueTools,
  commit: { readonly base: Loaded; readonly versionId: string; readonly metadataLocation: string },
): Promise<"ours" | "another's" | undefined> {
  const { base, versionId, metadataLocation } = commit;
  const now = await findTable(tools, base.name);
  if (now === undefined) return undefined;
  const location = metadataLocationOf(now, placeOf(tools, base.name));
  if (location === metadataLocation) return "ours";
  // Another version with the same metadata: somebody changed a parameter, and ours is too late. With the same version it may land yet.
  if (location === base.metadataLocation) return now.VersionId === versionId ? undefined : "another's";
  const { "metadata-log": log } = await readMetadata(tools.store, location);
  if (log.some((entry) => entry["metadata-file"] === metadataLocation)) return "ours";
  return log.some((entry) => entry["metadata-file"] === base.metadataLocation) ? "another's" : undefined;
}

/** Takes away the metadata file of a commit that did not happen, and says why it did not. */
async function settle(
  tools: GlueTools,
  outcome: WriteOutcome,
  commit: { readonly name: string; readonly metadataLocation: string; readonly action: string },
): Promise<void> {
  const { name, metadataLocation, action } = commit;
  if (outcome.kind === "done") return;
  if (outcome.kind === "unknown") throw new CommitUnknown(outcome.error);
  await tools.store.remove(metadataLocation).catch(() => {});
  if (outcome.kind === "lost") throw new CommitConflict(`another writer changed table ${name} in Glue`);
  throw glueError(outcome.error, { action, place: placeOf(tools, name) });
}

async function writeMetadata(tools: GlueTools, metadata: TableMetadata, version: number): Promise<string> {
  const folder = metadata.properties["write.metadata.path"] ?? `${metadata.location}/metadata`;
  const name = `${String(version).padStart(5, "0")}-${randomUUID()}.metadata.json`;
  const path = `${folder.replace(/\/+$/, "")}/${name}`;
  await tools.store.writeNew(path, metadataBytes(metadata));
  return path;
}

async function createDatabase(tools: GlueTools, root: string): Promise<void> {
  await asked(tools, "glue:CreateDatabase", tools.database, async () => {
    try {
      await tools.requests.createDatabase(root);
    } catch (error) {
      // Another process made it meanwhile, or we did and did not hear it.
      if ((error as Error).name !== "AlreadyExistsException") throw error;
    }
  });
}

function versionIdOf({ VersionId: versionId }: GlueTable, place: string): string {
  if (versionId !== undefined && versionId !== "") return versionId;
  throw new DuolakeError(
    "lake_unwritable",
    `Cannot commit to ${place}: this Glue service gives no VersionId, so two writers would overwrite each other's commits`,
  );
}
