import { describe, expect, test } from "vitest";
import { cloudFormationStacks } from "../../src/deploy/cloudformation.ts";
import { stsIdentity } from "../../src/deploy/identity.ts";
import { type AwsRequest, startAws, xml, xmlError } from "./support/aws-server.ts";

const STACK_ID = "arn:aws:cloudformation:eu-central-1:123456789012:stack/duolake-main/1";

const member = (...texts: readonly string[]): string =>
  texts.map((text) => `<member>${text}</member>`).join("");

function stackXml(status: string): string {
  return `<Stacks>${member(
    `<StackId>${STACK_ID}</StackId><StackName>duolake-main</StackName><StackStatus>${status}</StackStatus>` +
      "<CreationTime>2026-11-22T00:00:00Z</CreationTime><LastUpdatedTime>2026-11-22T01:00:00Z</LastUpdatedTime>" +
      `<Tags>${member("<Key>duolake:label</Key><Value>main</Value>")}</Tags>` +
      `<Parameters>${member("<ParameterKey>Label</ParameterKey><ParameterValue>main</ParameterValue>")}</Parameters>` +
      `<Outputs>${member("<OutputKey>Warehouse</OutputKey><OutputValue>s3://b/lake</OutputValue>")}</Outputs>`,
  )}</Stacks>`;
}

describe("cloudFormationStacks", () => {
  test("describe reads tags, parameters and outputs", async () => {
    await using aws = await startAws(() => xml("DescribeStacks", stackXml("UPDATE_COMPLETE")));
    expect(await cloudFormationStacks(aws.access).describe("duolake-main")).toEqual({
      id: STACK_ID,
      name: "duolake-main",
      status: "UPDATE_COMPLETE",
      statusReason: undefined,
      tags: { "duolake:label": "main" },
      parameters: { Label: "main" },
      outputs: { Warehouse: "s3://b/lake" },
      updatedAtMs: Date.UTC(2026, 10, 22, 1),
    });
  });

  test("describe tells a stack that is not there, or was deleted, from a refusal", async () => {
    const answers = [
      xmlError("ValidationError", "Stack with id duolake-main does not exist"),
      xml("DescribeStacks", stackXml("DELETE_COMPLETE")),
      xmlError("AccessDenied", "User: u is not authorized to perform: cloudformation:DescribeStacks", 403),
    ];
    await using aws = await startAws(() => answers.shift() ?? {});
    const stacks = cloudFormationStacks(aws.access);
    expect(await stacks.describe("duolake-main")).toBeUndefined();
    expect(await stacks.describe(STACK_ID)).toBeUndefined();
    await expect(stacks.describe("duolake-main")).rejects.toThrow("not authorized");
  });

  test("createChangeSet names all that it is made of, and takes up what a removed deployment left", async () => {
    await using aws = await startAws(() =>
      xml("CreateChangeSet", `<Id>cs</Id><StackId>${STACK_ID}</StackId>`),
    );
    const made = await cloudFormationStacks(aws.access).createChangeSet({
      stackName: "duolake-main",
      name: "duolake-1",
      kind: "CREATE",
      template: { body: "{}" },
      parameters: { Label: "main" },
      tags: { "duolake:label": "main" },
    });
    expect(made).toEqual({ id: "cs", stackId: STACK_ID });
    expect((aws.requests[0] as AwsRequest).form).toMatchObject({
      Action: "CreateChangeSet",
      StackName: "duolake-main",
      ChangeSetName: "duolake-1",
      ClientToken: "duolake-1",
      ChangeSetType: "CREATE",
      TemplateBody: "{}",
      "Parameters.member.1.ParameterKey": "Label",
      "Parameters.member.1.ParameterValue": "main",
      "Tags.member.1.Key": "duolake:label",
      "Capabilities.member.1": "CAPABILITY_NAMED_IAM",
      ImportExistingResources: "true",
    });
  });

  test("describeChangeSet reads every page", async () => {
    const change = (id: string, more: string): string =>
      member(
        `<Type>Resource</Type><ResourceChange><LogicalResourceId>${id}</LogicalResourceId><ResourceType>AWS::S3::Bucket</ResourceType>${more}</ResourceChange>`,
      );
    const details = `<Details>${member(
      "<Target><Attribute>Properties</Attribute><Name>BucketName</Name></Target>",
      "<Target><Attribute>Tags</Attribute></Target>",
      "<Target><Attribute>Properties</Attribute><Name>BucketName</Name></Target>",
    )}</Details>`;
    await using aws = await startAws(({ form }) =>
      form["NextToken"] === undefined
        ? xml(
            "DescribeChangeSet",
            `<Status>CREATE_COMPLETE</Status><NextToken>2</NextToken><Changes>${change("A", "<Action>Add</Action>")}</Changes>`,
          )
        : xml(
            "DescribeChangeSet",
            `<Status>CREATE_COMPLETE</Status><Changes>${change("B", `<Action>Modify</Action><Replacement>Conditional</Replacement><PhysicalResourceId>b</PhysicalResourceId>${details}`)}</Changes>`,
          ),
    );
    const { status, changes } = await cloudFormationStacks(aws.access).describeChangeSet("cs");
    expect(status).toBe("ready");
    expect(changes).toMatchObject([
      { action: "Add", logicalId: "A", replacement: "False", physicalId: undefined, properties: [] },
      {
        action: "Modify",
        logicalId: "B",
        replacement: "Conditional",
        physicalId: "b",
        properties: ["BucketName", "Tags"],
      },
    ]);
  });

  test("events are those after the one that is known, oldest first", async () => {
    const event = (id: string): string =>
      `<EventId>${id}</EventId><StackId>${STACK_ID}</StackId><StackName>duolake-main</StackName><LogicalResourceId>R${id}</LogicalResourceId><ResourceStatus>CREATE_COMPLETE</ResourceStatus><Timestamp>2026-11-22T00:00:0${id}Z</Timestamp>`;
    await using aws = await startAws(({ form }) =>
      form["NextToken"] === undefined
        ? xml(
            "DescribeStackEvents",
            `<NextToken>2</NextToken><StackEvents>${member(event("4"), event("3"))}</StackEvents>`,
          )
        : xml("DescribeStackEvents", `<StackEvents>${member(event("2"), event("1"))}</StackEvents>`),
    );
    const stacks = cloudFormationStacks(aws.access);
    const ids = async (afterId?: string): Promise<string[]> =>
      (await stacks.events(STACK_ID, afterId)).map(({ id }) => id);
    expect(await ids("1")).toEqual(["2", "3", "4"]);
    expect(await ids()).toEqual(["1", "2", "3", "4"]);
    expect(await stacks.lastEventId(STACK_ID)).toBe("4");
  });

  test("problems are the findings of CloudFormation's own check; a refusal to tell them is none", async () => {
    const found =
      "<EventType>VALIDATION_ERROR</EventType><LogicalResourceId>LakeBucket</LogicalResourceId><ResourceType>AWS::S3::Bucket</ResourceType><ValidationStatusReason>exists</ValidationStatusReason>";
    const answers = [
      xml(
        "DescribeEvents",
        `<OperationEvents>${member(found, "<EventType>PROVISIONING_ERROR</EventType>")}</OperationEvents>`,
      ),
      xmlError("AccessDenied", "no", 403),
    ];
    await using aws = await startAws(() => answers.shift() ?? {});
    const stacks = cloudFormationStacks(aws.access);
    expect(await stacks.problems({ stackId: STACK_ID })).toEqual([
      "LakeBucket (AWS::S3::Bucket) failed: exists",
    ]);
    expect(await stacks.problems({ changeSetId: "cs" })).toEqual([]);
  });
});

describe("stsIdentity", () => {
  test("says whose the credentials are, and which region holds", async () => {
    await using aws = await startAws(() =>
      xml(
        "GetCallerIdentity",
        "<Arn>arn:aws:iam::123456789012:user/ops</Arn><Account>123456789012</Account>",
      ),
    );
    expect(await stsIdentity(aws.access).caller()).toEqual({
      account: "123456789012",
      region: "eu-central-1",
      arn: "arn:aws:iam::123456789012:user/ops",
    });
  });
});
