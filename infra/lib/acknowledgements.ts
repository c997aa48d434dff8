import { type Stack, Validations } from "aws-cdk-lib";

/** A finding of cdk-nag that stands, and why. */
export interface Acknowledgement {
  /** Logical id of the resource; `duolake` for the template. */
  readonly on: string;
  readonly id: string;
  readonly reason: string;
}

const IN_CONFIGURATION = "Resource::arn:<AWS::Partition>:s3:::<CodeBucket>/config/*";
const IN_LAKE = "Resource::<LakeBucket.Arn>/lake/*";
const IN_STATUS = "Resource::<LakeBucket.Arn>/status/*";
const IN_DATABASE = "Resource::arn:<AWS::Partition>:glue:<AWS::Region>:<AWS::AccountId>:table/<Database>/*";

const WILDCARD_REASONS: Readonly<Record<string, string>> = {
  [IN_CONFIGURATION]:
    "The configuration is named after its hash. A function that still runs during a deployment reads the previous one.",
  [IN_LAKE]:
    "Files of a commit have names that nobody knows beforehand. Nothing but the tables lies below lake/, in a bucket of their own.",
  [IN_STATUS]: "There is an object for each log source; log sources come and go with the configuration.",
  [IN_DATABASE]:
    "Tables come with the configuration. Nothing beside the deployment's one database is reached.",
};

/** Every exception there is. A finding that is not listed fails the check, and so does one that no longer occurs. */
export const ACKNOWLEDGEMENTS: readonly Acknowledgement[] = [
  {
    on: "LakeBucket",
    id: "AwsSolutions::AwsSolutions-S1",
    reason:
      "Access logs need a second bucket that grows without an end and would be charged to everyone. Who wants them switches on CloudTrail's data events.",
  },
  {
    on: "TickDeadLetters",
    id: "AwsSolutions::AwsSolutions-SQS3",
    reason: "It is a dead-letter queue itself: of rules, which cdk-nag does not look at.",
  },
  ...wildcards("PullRole", [IN_CONFIGURATION, IN_LAKE, IN_STATUS, IN_DATABASE]),
  ...wildcards("DispatchRole", [IN_CONFIGURATION]),
  ...wildcards("MaintainRole", [IN_CONFIGURATION, IN_LAKE, IN_STATUS, IN_DATABASE]),
  {
    on: "duolake",
    id: "CloudFormation-Validate::W2509",
    reason: "The parameter SecretStore names the kind of store. No parameter holds a secret.",
  },
];

function wildcards(role: string, findings: readonly string[]): Acknowledgement[] {
  return findings.map((finding) => ({
    on: role,
    id: `AwsSolutions::AwsSolutions-IAM5[${finding}]`,
    reason: WILDCARD_REASONS[finding] as string,
  }));
}

/** Writes the exceptions down where cdk-nag looks for them. */
export function acknowledgeFindings(stack: Stack): void {
  const resources = new Map(stack.node.findAll().map((child) => [child.node.id, child]));
  for (const { on, id, reason } of ACKNOWLEDGEMENTS) {
    const resource = resources.get(on);
    if (resource === undefined) throw new RangeError(`Cannot acknowledge ${id}: there is no resource ${on}`);
    Validations.of(resource).acknowledge({ id, reason });
  }
}
