import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { info } from "../../src/cli/info.ts";
import { DuolakeError } from "../../src/core/errors.ts";
import { withStdin } from "./support/cli.ts";
import { type Deployable, startDeployable } from "./support/deployable.ts";

let at: Deployable;

beforeEach(async () => {
  at = await startDeployable();
});

afterEach(() => at[Symbol.asyncDispose]());

describe("deploy", () => {
  test("shows the plan by kind, progress, and what to do next", async () => {
    const { code, out, err } = await at.deploy();
    expect(code).toBe(0);
    expect(out).toContain("create (5):\n");
    expect(out).toMatch(/\n +LakeBucket +S3::Bucket\n/);
    expect(out).toContain("duolake-main is deployed.");
    expect(out).toContain("  duolake secret set duo --aws\n");
    expect(out).toContain(
      `--work-group duolake_main --query-string 'SELECT count(*) FROM "matano"."duo_auth"'`,
    );
    expect(err).toContain("account 123456789012, region eu-central-1, as arn:aws:iam::123456789012:user/ops");
    expect(err).toContain("duolake: LakeBucket AWS::S3::Bucket CREATE_COMPLETE\n");
  });

  test("--json prints one document of the documented shape; the second time without changes", async () => {
    const first = JSON.parse((await at.deploy({ yes: true, json: true })).out) as Record<string, unknown>;
    expect(Object.keys(first)).toEqual([
      "outcome",
      "stack",
      "account",
      "region",
      "changes",
      "notes",
      "secrets",
      "outputs",
    ]);
    expect(first).toMatchObject({
      outcome: "deployed",
      secrets: [{ source: "duo", status: "placeholder", created: true }],
      outputs: { DatabaseName: "matano" },
    });
    const second = await at.deploy({ yes: true, json: true });
    expect(JSON.parse(second.out)).toMatchObject({ outcome: "no_changes", changes: [] });
  });

  test("asks on a terminal: no ends with exit code 1 and nothing changed", async () => {
    const no = await withStdin("n\n", () => at.deploy({}), { isTTY: true });
    expect(no).toMatchObject({ code: 1, out: expect.stringContaining("Nothing was changed.") as string });
    expect(no.err).toContain("Change the stack duolake-main in account 123456789012");
    expect(at.account.writes).toEqual([]);
    expect(await withStdin("y\n", () => at.deploy({}), { isTTY: true })).toMatchObject({ code: 0 });
  });

  test("needs --yes where there is nobody to ask, and then changes nothing", async () => {
    await expect(withStdin("", () => at.deploy({}))).rejects.toMatchObject({
      code: "usage_invalid",
      message: expect.stringContaining("--yes") as string,
    });
    expect(at.account.writes).toEqual([]);
    expect(at.account.stacks.stacks.size).toBe(0);
  });

  test("a directory that does not validate ends it before AWS is asked", async () => {
    await writeFile(join(at.dir, "logs/matano.config.yml"), "pul: {}\n");
    await expect(at.deploy()).rejects.toMatchObject({ code: "config_invalid" });
    expect(at.opened).toEqual([]);
  });

  test("a column that a table there cannot get ends it, and changes nothing", async () => {
    await at.haveTable([{ name: "score", type: "int" }]);
    await at.writeFields("{ name: score, type: string }");
    await expect(at.deploy()).rejects.toMatchObject({
      code: "lake_schema_conflict",
      message: expect.stringMatching(
        /^Cannot deploy the directory: .* got duo_auth\.score: the table has type int, wanted is string; nothing was changed/,
      ) as string,
    });
    expect({ ledger: at.account.stacks.ledger, writes: at.account.writes }).toEqual({
      ledger: [],
      writes: [],
    });
  });

  test("deploys although nobody may read the tables, and says so", async () => {
    at.account.databases.set("matano", { tables: [], isLakeFormationOnly: false });
    at.setLake(() => Promise.reject(new DuolakeError("aws_forbidden", "Cannot read: glue:GetTable")));
    const { code, err } = await at.deploy();
    expect(code).toBe(0);
    expect(err).toContain(
      "note: the columns were not compared with the tables there: Cannot read: glue:GetTable",
    );
  });

  test("without the functions' code it says so and changes nothing", async () => {
    await rm(join(at.dir, "lambda.zip"));
    await expect(at.deploy()).rejects.toMatchObject({
      code: "package_missing",
      message: expect.stringContaining("the code of the functions is missing") as string,
    });
  });

  test("label, region and profile reach AWS and the next steps; the environment's region is the last resort", async () => {
    const { out } = await at.deploy({ yes: true, label: "prod", region: "eu-west-1", profile: "sec" });
    expect(out).toContain("duolake secret set duo --aws --label prod --region eu-west-1 --profile sec\n");
    expect([...at.account.stacks.stacks.keys()]).toEqual(["duolake-prod"]);
    await at.deploy(
      { dryRun: true },
      { AWS_DEFAULT_REGION: "us-west-2", AWS_ENDPOINT_URL: "http://127.0.0.1:1" },
    );
    expect(at.opened).toEqual([
      { region: "eu-west-1", profile: "sec" },
      { region: "us-west-2", endpoint: "http://127.0.0.1:1" },
    ]);
  });

  test.each([
    [{ region: "frankfurt" }, "it must read like eu-central-1"],
    [{ label: "Prod!" }, "1 to 31 lower-case letters"],
    [{ set: ["Label=x"] }, "it must read NAME=VALUE"],
  ])("refuses %j", async (options, said) => {
    await expect(at.deploy({ yes: true, ...options })).rejects.toMatchObject({
      code: "usage_invalid",
      message: expect.stringContaining(said) as string,
    });
  });
});

describe("info", () => {
  test("shows the outputs, as a table or JSON; with --label no directory is needed", async () => {
    await at.deploy();
    const { out } = await at.run((io) => info({ label: "main" }, { ...io, cwd: "/" }, at.tools.open));
    expect(out).toBe(
      "duolake-main in account 123456789012, region eu-central-1: CREATE_COMPLETE\noutput         value\nDatabaseName   matano\nWorkgroupName  duolake_main\n",
    );
    const { out: text } = await at.run((io) => info({ json: true }, io, at.tools.open));
    expect(JSON.parse(text)).toEqual({
      stack: "duolake-main",
      account: "123456789012",
      region: "eu-central-1",
      label: "main",
      status: "CREATE_COMPLETE",
      updated_at: expect.stringMatching(/Z$/) as string,
      outputs: { DatabaseName: "matano", WorkgroupName: "duolake_main" },
    });
  });

  test("without a deployment: stack_not_found", async () => {
    await expect(at.run((io) => info({}, io, at.tools.open))).rejects.toMatchObject({
      code: "stack_not_found",
    });
  });
});
