import { Aws, Fn } from "aws-cdk-lib";
import { CfnRule } from "aws-cdk-lib/aws-events";
import { type CfnFunction, CfnPermission } from "aws-cdk-lib/aws-lambda";
import type { CfnQueue } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import type { LakeStorage } from "./lake-storage.ts";
import { lambdaFunction } from "./lambda-function.ts";
import { readConfiguration, useCatalog, useLake } from "./statements.ts";

/** As long as Lambda lets a function run. */
const TIMEOUT_SECONDS = 900;
/** Files that are merged go through /tmp. */
const SCRATCH_MIB = 2_048;

/** What keeps the tables in order. */
export interface Maintenance {
  readonly maintain: CfnFunction;
  readonly rule: CfnRule;
}

/** The function that merges small files and expires snapshots, every six hours unless there are thousands of tables. It reads no secret and makes no table. */
export function maintenance(
  parent: Construct,
  { lake, deadLetters }: { readonly lake: LakeStorage; readonly deadLetters: CfnQueue },
): Maintenance {
  const scope = new Construct(parent, "Maintenance");
  const maintain = lambdaFunction(scope, {
    id: "Maintain",
    name: "maintainer",
    description: "Merges small files of the lake and expires old snapshots",
    timeoutSeconds: TIMEOUT_SECONDS,
    scratchMiB: SCRATCH_MIB,
    lake,
    statements: [readConfiguration(), ...useLake(lake.bucket.attrArn), useCatalog()],
  });
  const rule = new CfnRule(scope, "MaintainRule", {
    name: Fn.sub("duolake-${Label}-maintain"),
    description: "Says when to maintain the tables",
    state: "ENABLED",
    scheduleExpression: Fn.sub("rate(${MaintainMinutes} minutes)"),
    targets: [{ id: "maintainer", arn: maintain.attrArn, deadLetterConfig: { arn: deadLetters.attrArn } }],
  });
  new CfnPermission(scope, "MaintainPermission", {
    action: "lambda:InvokeFunction",
    functionName: maintain.ref,
    principal: "events.amazonaws.com",
    sourceAccount: Aws.ACCOUNT_ID,
    sourceArn: rule.attrArn,
  });
  return { maintain, rule };
}
