import type { DeployOutcome } from "./deploy.ts";

const LISTED_COUNT_MAX = 5;

/**
 * What to do after a deployment, as lines for people.
 *
 * @param flags what the commands need to find the same deployment: `--label prod --region eu-west-1`; empty for the normal one
 * @param table a table to ask for: `duo_auth`
 */
export function nextSteps(
  { stack, secrets }: Pick<DeployOutcome, "stack" | "secrets">,
  { flags, table }: { readonly flags: string; readonly table: string | undefined },
): string[] {
  const end = flags === "" ? "" : ` ${flags}`;
  const waiting = secrets.filter(({ status }) => status !== "populated").map(({ source }) => source);
  const lines = waiting
    .slice(0, LISTED_COUNT_MAX)
    .map((source) => `duolake secret set ${source} --aws${end}`);
  const more = waiting.length - lines.length;
  if (more > 0) lines.push(`… and ${more} more: duolake secret status --aws${end}`);
  lines.push(`duolake info${end}`);
  const outputs = stack?.outputs ?? {};
  const { WorkgroupName: workgroup, DatabaseName: database } = outputs;
  if (workgroup !== undefined && database !== undefined && table !== undefined) {
    lines.push(
      `aws athena start-query-execution --work-group ${workgroup} --query-string 'SELECT count(*) FROM "${database}"."${table}"'`,
    );
  }
  return lines;
}
