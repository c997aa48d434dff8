import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { armHeartbeat } from "../../src/deploy/arm-heartbeat.ts";
import { startAws, xml, xmlError } from "./support/aws-server.ts";

test("turns on the alarm that the template makes, signed for CloudWatch", async () => {
  await using aws = await startAws(() => xml("EnableAlarmActions", ""));
  await armHeartbeat(aws.access, "prod");
  const [request] = aws.requests;
  expect(request?.form).toEqual({
    Action: "EnableAlarmActions",
    Version: "2010-08-01",
    "AlarmNames.member.1": "duolake-prod-heartbeat",
  });
  expect(request?.headers["authorization"]).toContain("/eu-central-1/monitoring/aws4_request");
  const template = await readFile(new URL("../../infra/template.json", import.meta.url), "utf8");
  expect(template).toContain('"duolake-${Label}-heartbeat"');
});

test("asks for the region where nobody named one", async () => {
  await using aws = await startAws(({ operation }) =>
    operation === "GetCallerIdentity"
      ? xml(operation, "<Arn>arn:aws:iam::1:user/ops</Arn><Account>1</Account>")
      : xml("EnableAlarmActions", ""),
  );
  const { region: _, ...access } = aws.access;
  process.env["AWS_REGION"] = "eu-west-3";
  try {
    await armHeartbeat(access, "main");
  } finally {
    delete process.env["AWS_REGION"];
  }
  expect(aws.requests.at(-1)?.headers["authorization"]).toContain("/eu-west-3/monitoring/");
});

test("names the permission that is missing", async () => {
  const said = "User: x is not authorized to perform: cloudwatch:EnableAlarmActions on resource: y";
  await using aws = await startAws(() => xmlError("AccessDenied", said, 403));
  await expect(armHeartbeat(aws.access, "main")).rejects.toMatchObject({
    code: "aws_forbidden",
    message: expect.stringMatching(
      /^Cannot turn on the alarm duolake-main-heartbeat: the permission cloudwatch:EnableAlarmActions is missing/,
    ) as string,
  });
});
