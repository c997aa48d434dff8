import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { CfnResource } from "aws-cdk-lib";
import { synthesize } from "../lib/synthesize.ts";
import { readTemplate, readTemplateText } from "./read-template.ts";

/** CloudFormation takes no longer one without a bucket. */
const BODY_BYTES_MAX = 51_200;

test("template.json is what the app makes; if not, run npm run synth", () => {
  assert.equal(readTemplateText(), synthesize());
});

test("the app makes the same bytes each time", () => {
  assert.equal(synthesize(), synthesize());
});

test("the logical ids are frozen: another one is another resource, and what it held is lost", () => {
  const { Resources } = readTemplate();
  const ids = Object.entries(Resources).map(([id, { Type }]) => `${id} ${Type}`);
  const frozen = readFileSync(new URL("logical-ids.txt", import.meta.url), "utf8")
    .trim()
    .split("\n");
  assert.deepEqual(ids.sort(), frozen);
});

test("no parameter, condition and resource share a name", () => {
  const { Parameters, Conditions, Resources } = readTemplate();
  const names = [Parameters, Conditions, Resources].flatMap((section) => Object.keys(section));
  assert.equal(new Set(names).size, names.length);
});

test("the template needs no bootstrap and carries nothing of CDK's", () => {
  const text = readTemplateText();
  assert.doesNotMatch(text, /BootstrapVersion|CDKMetadata|aws:cdk|aws:asset|cdk-/i);
  const sections = ["Description", "Parameters", "Conditions", "Resources", "Outputs"];
  assert.deepEqual(Object.keys(readTemplate()), sections);
  assert.doesNotMatch(text, /"Metadata":/);
});

test("the template is small enough to be sent along", () => {
  assert.ok(Buffer.byteLength(JSON.stringify(readTemplate())) < BODY_BYTES_MAX);
});

test("the template has the outputs that the program reads", () => {
  assert.deepEqual(Object.keys(readTemplate().Outputs).sort(), [
    "AlarmTopicArn",
    "CodeBucketName",
    "ConfigKeyOut",
    "DatabaseName",
    "DispatchFunctionName",
    "LabelOut",
    "LakeBucketName",
    "MaintainFunctionName",
    "PullDeadLettersUrl",
    "PullFunctionName",
    "PullQueueUrl",
    "TickDeadLettersUrl",
    "Warehouse",
    "WorkgroupName",
  ]);
});

test("CloudFormation's rules are applied: an unknown property is refused", () => {
  assert.throws(
    () =>
      synthesize((_, stack) => {
        const queue = stack.node.findAll().find(({ node }) => node.id === "PullQueue");
        (queue as CfnResource).addPropertyOverride("Colour", "blue");
      }),
    /validation failed/i,
  );
});
