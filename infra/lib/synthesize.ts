import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, type Stack } from "aws-cdk-lib";
import { duolakeStack } from "./duolake-stack.ts";

/**
 * Makes the template: the same bytes each time, offline and without credentials.
 *
 * @param prepare adds checks to the app before it is synthesized
 * @throws what CDK's checks find
 */
export function synthesize(prepare: (app: App, stack: Stack) => void = () => {}): string {
  const outdir = mkdtempSync(join(tmpdir(), "duolake-infra-"));
  try {
    const app = new App({
      outdir,
      analyticsReporting: false,
      // Findings of CloudFormation's own rules are errors.
      context: { "@aws-cdk/core:validateAgainstDefaultRules": true },
    });
    prepare(app, duolakeStack(app));
    const { templateFullPath } = app.synth().getStackByName("duolake");
    return `${JSON.stringify(JSON.parse(readFileSync(templateFullPath, "utf8")), null, 2)}\n`;
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}
