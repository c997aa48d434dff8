import { Aws, Fn } from "aws-cdk-lib";

/** A statement of an IAM policy, in IAM's own words. */
export interface Statement {
  readonly Sid: string;
  readonly Effect: "Allow" | "Deny";
  readonly Principal?: unknown;
  readonly Action: readonly string[] | string;
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

/** A policy document of statements. */
export function policyDocument(statements: readonly unknown[]): object {
  return { Version: "2012-10-17", Statement: statements };
}

/** Reading the configuration that the deployment has uploaded. */
export function readConfiguration(): Statement {
  return {
    Sid: "ReadConfiguration",
    Effect: "Allow",
    Action: ["s3:GetObject"],
    Resource: [Fn.sub("arn:${AWS::Partition}:s3:::${CodeBucket}/config/*")],
  };
}

/**
 * Reading and writing the lake, and its status objects.
 *
 * Deleting belongs to every commit: it takes away the metadata files that have fallen out of the table's log, and what was
 * staged for a commit that was lost. The bucket keeps deleted versions for 14 days, and nobody may delete a version.
 *
 * @param bucketArn of the lake
 */
export function useLake(bucketArn: string): Statement[] {
  return [
    {
      Sid: "WriteLake",
      Effect: "Allow",
      Action: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"],
      Resource: [`${bucketArn}/lake/*`],
    },
    {
      Sid: "WriteStatus",
      Effect: "Allow",
      Action: ["s3:GetObject", "s3:PutObject"],
      Resource: [`${bucketArn}/status/*`],
    },
    // No condition on the prefix: S3 then answers 403 where no object is, and a missing table looks like a forbidden one.
    { Sid: "ListLake", Effect: "Allow", Action: ["s3:ListBucket"], Resource: [bucketArn] },
  ];
}

/** Reading and changing the tables of the deployment's Glue database. Nothing drops a table. */
export function useCatalog(more: readonly "glue:CreateTable"[] = []): Statement {
  const arn = (path: string): string =>
    Fn.sub(`arn:\${AWS::Partition}:glue:\${AWS::Region}:\${AWS::AccountId}:${path}`);
  return {
    Sid: "UseCatalog",
    Effect: "Allow",
    Action: ["glue:GetDatabase", "glue:GetTable", "glue:GetTables", ...more, "glue:UpdateTable"],
    Resource: [arn("catalog"), arn("database/${Database}"), arn("table/${Database}/*")],
  };
}

/**
 * Reading the secret keys of this deployment, in the store that was chosen. The keys that AWS keeps for both stores need no
 * permission of KMS.
 */
export function readSecrets(): unknown {
  const arn = (path: string): string =>
    Fn.sub(`arn:\${AWS::Partition}:${path.replace(":", ":${AWS::Region}:${AWS::AccountId}:")}`);
  return Fn.conditionIf(
    "UsesParameterStore",
    {
      Sid: "ReadSecrets",
      Effect: "Allow",
      Action: ["ssm:GetParameter"],
      Resource: [arn("ssm:parameter/duolake/${Label}/*")],
    },
    {
      Sid: "ReadSecrets",
      Effect: "Allow",
      Action: ["secretsmanager:GetSecretValue"],
      Resource: [arn("secretsmanager:secret:duolake/${Label}/*")],
    },
  );
}

/** Refuses what does not come over TLS. */
export function onlyTls(service: "s3" | "sqs" | "sns", resources: readonly string[]): Statement {
  return {
    Sid: "OnlyTls",
    Effect: "Deny",
    Principal: "*",
    // SNS takes no wildcard in a topic's policy.
    Action: service === "sns" ? ["sns:Publish"] : `${service}:*`,
    Resource: resources,
    Condition: { Bool: { "aws:SecureTransport": "false" } },
  };
}

/** Lets rules of this account send to a queue. */
export function rulesMaySend(queueArn: string, ruleArns: readonly string[]): Statement {
  return {
    Sid: "RulesMaySend",
    Effect: "Allow",
    Principal: { Service: "events.amazonaws.com" },
    Action: ["sqs:SendMessage"],
    Resource: [queueArn],
    Condition: {
      ArnEquals: { "aws:SourceArn": ruleArns },
      StringEquals: { "aws:SourceAccount": Aws.ACCOUNT_ID },
    },
  };
}
