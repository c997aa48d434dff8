import { type CfnResource, Fn } from "aws-cdk-lib";
import { CfnRole } from "aws-cdk-lib/aws-iam";
import { CfnFunction } from "aws-cdk-lib/aws-lambda";
import { CfnLogGroup } from "aws-cdk-lib/aws-logs";
import type { Construct } from "constructs";
import type { LakeStorage } from "./lake-storage.ts";
import { policyDocument } from "./statements.ts";

/** What tells one function from the other. */
export interface LambdaFunctionProps {
  /** Begins the logical ids: `Pull`. */
  readonly id: string;
  /** File of the code and end of the function's name: `puller`. */
  readonly name: string;
  readonly description: string;
  readonly timeoutSeconds: number;
  /** Room in /tmp; Lambda's own 512 when not given. */
  readonly scratchMiB?: number;
  readonly statements: readonly unknown[];
  readonly lake: LakeStorage;
  readonly queueUrl?: string;
  /** Condition under which there is such a function. */
  readonly condition?: string;
}

/**
 * A function with its role and its log group: one zip for all, named so that `duolake logs` finds them.
 *
 * The policy is part of the role: nothing runs before it is there.
 */
export function lambdaFunction(scope: Construct, props: LambdaFunctionProps): CfnFunction {
  const { id, name, statements, condition } = props;
  const functionName = Fn.sub(`duolake-\${Label}-${name}`);
  const logs = new CfnLogGroup(scope, `${id}LogGroup`, {
    logGroupName: Fn.sub(`/aws/lambda/duolake-\${Label}-${name}`),
    retentionInDays: Fn.ref("LogRetentionDays") as unknown as number,
  });
  const writeLogs = {
    Sid: "WriteLogs",
    Effect: "Allow",
    Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
    Resource: [logs.attrArn],
  };
  const role = new CfnRole(scope, `${id}Role`, {
    description: Fn.sub(`Role of the function duolake-\${Label}-${name}`),
    assumeRolePolicyDocument: policyDocument([
      { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" },
    ]),
    policies: [{ policyName: name, policyDocument: policyDocument([writeLogs, ...statements]) }],
  });
  const made = new CfnFunction(scope, `${id}Function`, {
    functionName,
    description: props.description,
    // DuckDB's library in the zip is built for it.
    architectures: ["x86_64"],
    runtime: "nodejs24.x",
    handler: `${name}.handler`,
    code: { s3Bucket: Fn.ref("CodeBucket"), s3Key: Fn.ref("CodeKey") },
    role: role.attrArn,
    timeout: props.timeoutSeconds,
    memorySize: Fn.ref("MemoryMiB") as unknown as number,
    ...(props.scratchMiB !== undefined && { ephemeralStorage: { size: props.scratchMiB } }),
    loggingConfig: { logGroup: logs.ref },
    environment: { variables: variables(props) },
  });
  const all: readonly CfnResource[] = [logs, role, made];
  if (condition !== undefined) for (const one of all) one.addOverride("Condition", condition);
  return made;
}

/** Lambda has room for 4 KB of them; whatever grows with the log sources is in the configuration. */
function variables({ lake, queueUrl }: LambdaFunctionProps): Record<string, string> {
  return {
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
    DUOLAKE_CONFIG_BUCKET: Fn.ref("CodeBucket"),
    DUOLAKE_CONFIG_KEY: Fn.ref("ConfigKey"),
    DUOLAKE_DATABASE: lake.databaseName,
    DUOLAKE_DUO_ENDPOINT_URL: Fn.conditionIf(
      "HasDuoEndpoint",
      Fn.ref("DuoEndpointUrl"),
      Fn.ref("AWS::NoValue"),
    ).toString(),
    DUOLAKE_LABEL: Fn.ref("Label"),
    ...(queueUrl !== undefined && { DUOLAKE_QUEUE_URL: queueUrl }),
    DUOLAKE_SECRET_STORE: Fn.ref("SecretStore"),
    DUOLAKE_WAREHOUSE: lake.warehouse,
  };
}
