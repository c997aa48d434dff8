import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type App,
  CloudFormationValidatePlugin,
  type IPolicyValidationPlugin,
  Validations,
} from "aws-cdk-lib";
import { AwsSolutionsChecks } from "cdk-nag";
import { ACKNOWLEDGEMENTS } from "../lib/acknowledgements.ts";
import { synthesize } from "../lib/synthesize.ts";

/** What a plugin finds, exceptions and warnings too: `LakeBucket AwsSolutions::AwsSolutions-S1`. */
function findingsOf(name: string, create: (app: App) => IPolicyValidationPlugin): string[] {
  const found = new Set<string>();
  synthesize((app) => {
    const plugin = create(app);
    const validate: IPolicyValidationPlugin["validate"] = (context) => {
      const report = plugin.validate(context);
      for (const { ruleName, violatingResources } of report.violations) {
        for (const { constructPath = "?" } of violatingResources) {
          found.add(`${constructPath.split("/").at(-1)} ${name}::${ruleName}`);
        }
      }
      return report;
    };
    Validations.of(app).addPlugins({ name, validate });
  });
  return [...found].sort();
}

function acknowledged(name: string): string[] {
  return ACKNOWLEDGEMENTS.filter(({ id }) => id.startsWith(`${name}::`))
    .map(({ on, id }) => `${on} ${id}`)
    .sort();
}

test("cdk-nag finds what is acknowledged, and nothing else", () => {
  const found = findingsOf("AwsSolutions", (app) => new AwsSolutionsChecks(app));
  assert.deepEqual(found, acknowledged("AwsSolutions"));
});

test("CloudFormation's rules find what is acknowledged, warnings too, and nothing else", () => {
  const found = findingsOf("CloudFormation-Validate", () => new CloudFormationValidatePlugin());
  assert.deepEqual(found, acknowledged("CloudFormation-Validate"));
});

test("every exception has a reason, a sentence at least", () => {
  for (const { id, reason } of ACKNOWLEDGEMENTS) assert.match(reason, /^[A-Z].{40,}\.$/, id);
});
