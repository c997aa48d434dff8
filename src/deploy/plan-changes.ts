import { DuolakeError } from "../core/errors.ts";
import { compareCodePoints } from "../core/json.ts";
import type { ResourceChange } from "./stacks.ts";

/** The order in which a plan is shown. */
export const CHANGE_KINDS = ["create", "adopt", "update", "replace", "delete"] as const;

/** What a deployment would do to one resource. `adopt`: it exists and comes under the stack. */
export interface PlannedChange {
  readonly kind: (typeof CHANGE_KINDS)[number];
  readonly logicalId: string;
  /** CloudFormation's word: `AWS::S3::Bucket`. */
  readonly type: string;
  /** Its name in AWS; undefined for what does not exist yet. */
  readonly physicalId: string | undefined;
  /** The properties that change, sorted. */
  readonly properties: readonly string[];
  /** CloudFormation cannot tell beforehand whether the update makes the resource anew. */
  readonly mayReplace: boolean;
}

/** What cannot be made again from the directory: events, and the secret keys. */
const DATA_TYPES: ReadonlySet<string> = new Set([
  "AWS::S3::Bucket",
  "AWS::Glue::Database",
  "AWS::Glue::Table",
  "AWS::SecretsManager::Secret",
  "AWS::SSM::Parameter",
]);

/** True for resources whose loss is a loss of data. */
export function holdsData(type: string): boolean {
  return DATA_TYPES.has(type);
}

/** Turns the changes of a change set into a plan, sorted by kind and name. */
export function planChanges(changes: readonly ResourceChange[]): PlannedChange[] {
  const planned = changes.map((change) => {
    const { logicalId, type, physicalId, properties, replacement, action } = change;
    const mayReplace = action === "Modify" && replacement === "Conditional";
    return { kind: kindOf(change), logicalId, type, physicalId, properties, mayReplace };
  });
  return planned.sort(
    (a, b) =>
      CHANGE_KINDS.indexOf(a.kind) - CHANGE_KINDS.indexOf(b.kind) ||
      compareCodePoints(a.logicalId, b.logicalId),
  );
}

function kindOf({ action, replacement }: ResourceChange): PlannedChange["kind"] {
  if (action === "Add") return "create";
  if (action === "Import") return "adopt";
  if (action === "Remove") return "delete";
  return replacement === "True" ? "replace" : "update";
}

/** The changes that would, or could, replace or delete what holds data. */
export function changesOfData(plan: readonly PlannedChange[]): PlannedChange[] {
  return plan.filter(
    ({ kind, type, mayReplace }) =>
      holdsData(type) && (kind === "replace" || kind === "delete" || mayReplace),
  );
}

/** @throws deploy_refused where the plan would replace or delete what holds data */
export function refuseDataLoss(plan: readonly PlannedChange[], stack: string): void {
  const found = changesOfData(plan);
  if (found.length === 0) return;
  const what = found
    .map(({ kind, logicalId, physicalId, properties, mayReplace }) => {
      const doing = mayReplace ? "could replace" : `would ${kind}`;
      const because = properties.length === 0 ? "" : `, because of ${properties.join(", ")}`;
      return `${doing} ${logicalId}${physicalId === undefined ? "" : ` (${physicalId})`}${because}`;
    })
    .join("; ");
  throw new DuolakeError(
    "deploy_refused",
    `Cannot change the stack ${stack}: it holds data, and the change ${what}. Nothing was changed; undo what the directory changed, or deploy it under another label with --label`,
  );
}
