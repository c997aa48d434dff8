import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { deploy, type DeployCommandOptions } from "../../src/cli/deploy.ts";
import { destroy, type DestroyCommandOptions } from "../../src/cli/destroy.ts";
import { diffStack } from "../../src/cli/diff-stack.ts";
import { info } from "../../src/cli/info.ts";
import type { Io } from "../../src/cli/io.ts";
import type { AwsAccess } from "../../src/deploy/open-client.ts";
import { TEMPLATE } from "../deploy/support/deploy-case.ts";
import { type FakeAccount, fakeAccount } from "../deploy/support/fake-account.ts";
import { startSecretsManager } from "../secrets/support/secrets-manager-server.ts";
import { startShell, withStdin } from "./support/cli.ts";

const LOG_SOURCE =
  "name: duo\nmanaged:\n  type: DUO\n  properties:\n    api_hostname: api-eac94d5a.duosecurity.com\n    integration_key: DI62OFKPBEXHLW1DOB8A\n";
const KEY = "Zh5eGmUq9zpfQnyUIu5OL9iWoMMv5ZNmk3zLJ4Ep";

interface Said {
  out: string;
  err: string;
}

let dir: string;
let account: FakeAccount;
let opened: AwsAccess[];

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "duolake-deploy-"));
  account = fakeAccount();
  opened = [];
  await mkdir(join(dir, "logs/log_sources/duo/tables"), { recursive: true });
  await writeFile(join(dir, "logs/log_sources/duo/log_source.yml"), LOG_SOURCE);
  await writeFile(join(dir, "logs/log_sources/duo/tables/auth.yml"), "");
  await writeFile(join(dir, "template.json"), JSON.stringify(TEMPLATE));
  await writeFile(join(dir, "lambda.zip"), "zip");
});

afterEach(() => rm(dir, { recursive: true, force: true }));

const tools = (): Parameters<typeof deploy>[2] & { templatePath: string } => ({
  open: (access) => {
    opened.push(access);
    return account.services;
  },
  files: { template: join(dir, "template.json"), code: join(dir, "lambda.zip") },
  templatePath: join(dir, "template.json"),
});

function ioOf(said: Said, env: Io["env"] = {}): Io {
  return {
    out: (text) => void (said.out += text),
    drain: async () => undefined,
    err: (text) => void (said.err += text),
    env,
    cwd: join(dir, "logs"),
    isTerminal: false,
    signal: new AbortController().signal,
  };
}

type Ran = Said & { readonly code: number };
async function ran(work: (io: Io) => Promise<number>, env?: Io["env"]): Promise<Ran> {
  const said = { out: "", err: "" };
  const code = await work(ioOf(said, env));
  return { ...said, code };
}
const runDeploy = (options: DeployCommandOptions = { yes: true }, env?: Io["env"]): Promise<Ran> =>
  ran((io) => deploy(options, io, tools()), env);
const runDestroy = (options: DestroyCommandOptions): Promise<Ran> =>
  ran((io) => destroy(options, io, tools()));

describe("deploy", () => {
  test("shows the plan by kind, progress, and what to do next", async () => {
    const { code, out, err } = await runDeploy();
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
    const first = JSON.parse((await runDeploy({ yes: true, json: true })).out) as Record<string, unknown>;
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
    const second = await runDeploy({ yes: true, json: true });
    expect(JSON.parse(second.out)).toMatchObject({ outcome: "no_changes", changes: [] });
  });

  test("asks on a terminal: no ends with exit code 1 and nothing changed", async () => {
    const no = await withStdin("n\n", () => runDeploy({}), { isTTY: true });
    expect(no).toMatchObject({ code: 1, out: expect.stringContaining("Nothing was changed.") as string });
    expect(no.err).toContain("Change the stack duolake-main in account 123456789012");
    expect(account.writes).toEqual([]);
    expect(await withStdin("y\n", () => runDeploy({}), { isTTY: true })).toMatchObject({ code: 0 });
  });

  test("needs --yes where there is nobody to ask, and then changes nothing", async () => {
    await expect(withStdin("", () => runDeploy({}))).rejects.toMatchObject({
      code: "usage_invalid",
      message: expect.stringContaining("--yes") as string,
    });
    expect(account.writes).toEqual([]);
    expect(account.stacks.stacks.size).toBe(0);
  });

  test("a directory that does not validate ends it before AWS is asked", async () => {
    await writeFile(join(dir, "logs/matano.config.yml"), "pul: {}\n");
    await expect(runDeploy()).rejects.toMatchObject({ code: "config_invalid" });
    expect(opened).toEqual([]);
  });

  test("without the functions' code it says so and changes nothing", async () => {
    await rm(join(dir, "lambda.zip"));
    await expect(runDeploy()).rejects.toMatchObject({
      code: "package_missing",
      message: expect.stringContaining("the code of the functions is missing") as string,
    });
  });

  test("label, region and profile reach AWS and the next steps; the environment's region is the last resort", async () => {
    const { out } = await runDeploy({ yes: true, label: "prod", region: "eu-west-1", profile: "sec" });
    expect(out).toContain("duolake secret set duo --aws --label prod --region eu-west-1 --profile sec\n");
    expect([...account.stacks.stacks.keys()]).toEqual(["duolake-prod"]);
    await runDeploy(
      { dryRun: true },
      { AWS_DEFAULT_REGION: "us-west-2", AWS_ENDPOINT_URL: "http://127.0.0.1:1" },
    );
    expect(opened).toEqual([
      { region: "eu-west-1", profile: "sec" },
      { region: "us-west-2", endpoint: "http://127.0.0.1:1" },
    ]);
  });

  test.each([
    [{ region: "frankfurt" }, "it must read like eu-central-1"],
    [{ label: "Prod!" }, "1 to 31 lower-case letters"],
    [{ set: ["Label=x"] }, "it must read NAME=VALUE"],
  ])("refuses %j", async (options, said) => {
    await expect(runDeploy({ yes: true, ...options })).rejects.toMatchObject({
      code: "usage_invalid",
      message: expect.stringContaining(said) as string,
    });
  });
});

describe("diff --aws", () => {
  test("exit code 2 with changes, 0 without; changes nothing", async () => {
    const before = await ran((io) => diffStack({ json: true }, io, tools()));
    expect(before.code).toBe(2);
    expect(JSON.parse(before.out)).toMatchObject({
      changes: true,
      tables: [],
      stack: { name: "duolake-main", status: null, refused: [] },
    });
    expect(account.stacks.stacks.size).toBe(0);
    await runDeploy();
    expect(await ran((io) => diffStack({}, io, tools()))).toMatchObject({
      code: 0,
      out: "No changes: duolake-main is as the directory says.\n",
    });
  });

  test("says which change a deployment would refuse", async () => {
    await runDeploy();
    account.stacks.extra.push({
      action: "Remove",
      replacement: "False",
      logicalId: "LakeBucket",
      type: "AWS::S3::Bucket",
      physicalId: "b",
      properties: [],
    });
    const { code, err } = await ran((io) => diffStack({}, io, tools()));
    expect(code).toBe(2);
    expect(err).toContain("LakeBucket holds data: `duolake deploy` will refuse to delete it");
  });
});

describe("info", () => {
  test("shows the outputs, as a table or JSON; with --label no directory is needed", async () => {
    await runDeploy();
    const { out } = await ran((io) => info({ label: "main" }, { ...io, cwd: "/" }, tools().open));
    expect(out).toBe(
      "duolake-main in account 123456789012, region eu-central-1: CREATE_COMPLETE\noutput         value\nDatabaseName   matano\nWorkgroupName  duolake_main\n",
    );
    const { out: text } = await ran((io) => info({ json: true }, io, tools().open));
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
    await expect(ran((io) => info({}, io, tools().open))).rejects.toMatchObject({ code: "stack_not_found" });
  });
});

describe("destroy", () => {
  test("lists, asks for the label to be typed, and keeps the data", async () => {
    await runDeploy();
    const wrong = await withStdin("prod\n", () => runDestroy({}), { isTTY: true });
    expect(wrong).toMatchObject({ code: 1, err: expect.stringContaining("nothing was removed") as string });
    expect(account.stacks.stacks.size).toBe(1);
    const { code, out } = await withStdin("main\n", () => runDestroy({}), { isTTY: true });
    expect(code).toBe(0);
    expect(out).toMatch(
      /removed:\n[^]*PullFunction[^]*kept:\n[^]*LakeBucket[^]*duolake\/main\/duo +secret key/,
    );
    expect([...account.buckets.keys()]).toEqual(["duolake-main-123456789012-eu-central-1"]);
  });

  test("--json says what was removed and what stays", async () => {
    await runDeploy();
    const { out } = await runDestroy({ label: "main", yes: true, json: true });
    expect(JSON.parse(out)).toMatchObject({
      stack: "duolake-main",
      removed: [
        { logical_id: "PullFunction" },
        { logical_id: "HeartbeatAlarm" },
        { logical_id: "PullQueue" },
      ],
      retained: [{ logical_id: "LakeBucket" }, { logical_id: "Database" }],
      secrets: ["duolake/main/duo"],
      data_deleted: false,
    });
  });

  test.each([
    [{ yes: true }, "--yes needs --label"],
    [{ deleteData: true }, "needs --yes-delete-data main, got null"],
    [{ deleteData: true, yesDeleteData: "prod" }, 'needs --yes-delete-data main, got "prod"'],
    [{ yesDeleteData: "main" }, "says nothing without --delete-data"],
  ])("refuses %j", async (options, said) => {
    await runDeploy();
    await expect(runDestroy(options)).rejects.toMatchObject({
      code: "usage_invalid",
      message: expect.stringContaining(said) as string,
    });
    expect(account.stacks.stacks.size).toBe(1);
  });

  test("told twice, it removes the data too", async () => {
    await runDeploy();
    await runDestroy({ label: "main", yes: true, deleteData: true, yesDeleteData: "main" });
    expect(account.buckets.size).toBe(0);
    expect(account.scheduled).toEqual(["duolake/main/duo"]);
  });
});

describe("secret --aws", () => {
  test("set and status use Secrets Manager whatever the directory's store is, and tell of the alarm once", async () => {
    await using manager = await startSecretsManager();
    vi.stubEnv("AWS_ACCESS_KEY_ID", "AKIDTEST");
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "secret");
    try {
      const env = {
        AWS_ENDPOINT_URL: manager.client.endpoint,
        AWS_REGION: "eu-central-1",
        DUOLAKE_SECRET_KEY_DUO: KEY,
      };
      await using shell = await startShell(env, [KEY]);
      const run = (...argv: readonly string[]): ReturnType<typeof shell.run> =>
        withStdin(KEY, () => shell.run([...argv, "--dir", join(dir, "logs"), "--aws", "--label", "prod"]));
      expect((await run("secret", "status", "--json")).json()).toMatchObject({
        sources: [{ status: "missing" }],
      });
      expect((await run("secret", "status")).out).toContain("duolake secret set duo --aws --label prod");
      const set = await run("secret", "set", "duo");
      expect(set).toMatchObject({
        code: 0,
        out: "The secret key of duo is stored in the secret duolake/prod/duo of AWS Secrets Manager.\n",
      });
      expect(set.err).toContain("the alarm for missing pulls is armed by the next `duolake deploy`");
      expect(manager.secrets.get("duolake/prod/duo")).toEqual([JSON.stringify({ secret_key: KEY })]);
      expect((await run("secret", "status", "--json")).json()).toMatchObject({
        sources: [{ status: "populated" }],
      });
      expect((await run("secret", "set", "duo")).err).toBe("");
    } finally {
      vi.unstubAllEnvs();
    }
  });
});
