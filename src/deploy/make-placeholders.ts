import { mapBounded } from "../core/map-bounded.ts";
import type { SecretStatus } from "../secrets/store.ts";
import type { DeployRequest } from "./deploy-request.ts";
import { countSteps } from "./count-steps.ts";
import { deployedStore } from "./deployed-store.ts";
import type { Preflight } from "./preflight.ts";
import type { Services } from "./services.ts";

/** Where a log source's secret key belongs. */
export interface SecretPlace {
  readonly source: string;
  readonly status: SecretStatus;
  /** This deployment made it. */
  readonly isCreated: boolean;
}

const SECRET_WRITE_COUNT_MAX = 4;

/** Makes the place for the secret of each log source that has none. What is there stays as it is, whatever it holds. */
export async function makePlaceholders(
  services: Pick<Services, "secrets">,
  { config, label }: Pick<DeployRequest, "config" | "label">,
  { found, step }: { readonly found: Preflight["secrets"]; readonly step: (text: string) => void },
): Promise<SecretPlace[]> {
  const store = services.secrets(label, deployedStore(config));
  const before = new Map(found.map(({ source, status }) => [source, status]));
  const missingCount = found.filter(({ status }) => status === "missing").length;
  const count = countSteps(step, { doing: "making places for secrets", total: missingCount });
  return mapBounded(config.logSources, SECRET_WRITE_COUNT_MAX, async ({ name: source }) => {
    const status = before.get(source) ?? "missing";
    if (status !== "missing") return { source, status, isCreated: false };
    const isCreated = await store.createPlaceholder(source);
    count();
    // Somebody else may have made it, and filled it, meanwhile.
    return { source, status: isCreated ? ("placeholder" as const) : await store.status(source), isCreated };
  });
}
