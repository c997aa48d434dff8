import { describe, expect, test } from "vitest";
import { Secret } from "../../src/secrets/secret.ts";
import { configOf, deployTo, requestOf, type Talked } from "./support/deploy-case.ts";
import { fakeAccount } from "./support/fake-account.ts";
import { nothingChanged } from "./support/nothing-changed.ts";

const BUCKET = "duolake-main-123456789012-eu-central-1";
const KEY = new Secret("Zh5eGmUq9zpfQnyUIu5OL9iWoMMv5ZNmk3zLJ4Ep");

const talk = (): Talked => ({ asked: [], steps: [], events: [] });
const kinds = (outcome: { readonly changes: readonly { kind: string; logicalId: string }[] }): string[] =>
  outcome.changes.map(({ kind, logicalId }) => `${kind} ${logicalId}`);

describe("deploy", () => {
  test("makes bucket, stack and placeholder, and tells of each resource", async () => {
    const account = fakeAccount();
    const talked = talk();
    const outcome = await deployTo(account, requestOf(), { talked });
    expect(outcome.outcome).toBe("deployed");
    expect(kinds(outcome)).toEqual([
      "create Database",
      "create HeartbeatAlarm",
      "create LakeBucket",
      "create PullFunction",
      "create PullQueue",
    ]);
    expect(account.writes).toEqual([
      `make ${BUCKET}`,
      "put lambda/c0de.zip",
      "put config/c0f1.json",
      "placeholder duo",
    ]);
    expect(talked.events).toContain("LakeBucket CREATE_COMPLETE");
    expect(talked.asked).toEqual([
      "Change the stack duolake-main in account 123456789012, region eu-central-1?",
    ]);
    expect(outcome.secrets).toEqual([{ source: "duo", status: "placeholder", isCreated: true }]);
    expect(outcome.stack).toMatchObject({
      status: "CREATE_COMPLETE",
      tags: { "duolake:label": "main" },
      outputs: { DatabaseName: "matano" },
    });
  });

  test("finds no changes the second time, asks nothing, and leaves no change set", async () => {
    const account = fakeAccount();
    await deployTo(account);
    account.databases.set("matano", { tables: [], isLakeFormationOnly: false });
    await nothingChanged(account, async () => {
      const talked = talk();
      const outcome = await deployTo(account, requestOf(), { talked });
      expect({ outcome: outcome.outcome, changes: outcome.changes }).toEqual({
        outcome: "no_changes",
        changes: [],
      });
      expect(talked.asked).toEqual([]);
    });
  });

  test("changes nothing in a dry run, also where there is no stack yet", async () => {
    const account = fakeAccount();
    await nothingChanged(account, async () => {
      const outcome = await deployTo(account, requestOf({ isDryRun: true }));
      expect(outcome.outcome).toBe("planned");
      expect(kinds(outcome)).toContain("create LakeBucket");
    });
    expect(account.stacks.stacks.size).toBe(0);
  });

  test("changes nothing where the operator says no", async () => {
    const account = fakeAccount();
    await deployTo(account);
    await nothingChanged(account, async () => {
      const changed = requestOf({ code: { bytes: new Uint8Array(1), sha256: "new" } });
      expect((await deployTo(account, changed, { answer: false })).outcome).toBe("declined");
    });
  });

  test("updates what a new directory or code changes, and nothing else", async () => {
    const account = fakeAccount();
    await deployTo(account);
    const outcome = await deployTo(
      account,
      requestOf({ document: { bytes: new Uint8Array(11), sha256: "c0f2" } }),
    );
    expect(kinds(outcome)).toEqual(["update PullFunction"]);
    expect(account.writes.slice(4)).toEqual(["put config/c0f2.json"]);
  });

  test("arms the alarm for missing pulls once a secret is populated, and never touches the secret", async () => {
    const account = fakeAccount();
    await deployTo(account, requestOf({ config: configOf(["duo", "duo_b"]) }));
    await account.secrets.set("duo_b", KEY);
    const outcome = await deployTo(account, requestOf({ config: configOf(["duo", "duo_b"]) }));
    expect(kinds(outcome)).toEqual(["update HeartbeatAlarm"]);
    expect(outcome.secrets).toEqual([
      { source: "duo", status: "placeholder", isCreated: false },
      { source: "duo_b", status: "populated", isCreated: false },
    ]);
    expect((await account.secrets.get("duo_b"))?.reveal()).toBe(KEY.reveal());
  });

  test("adopts a secret that was there before", async () => {
    const account = fakeAccount();
    await account.secrets.set("duo", KEY);
    const outcome = await deployTo(account);
    expect(outcome.secrets).toEqual([{ source: "duo", status: "populated", isCreated: false }]);
    expect(outcome.stack?.parameters["HeartbeatEnabled"]).toBe("true");
  });

  test("uses a Glue database that was there before, ever after", async () => {
    const account = fakeAccount();
    account.databases.set("matano", { tables: ["duo_auth"], isLakeFormationOnly: false });
    expect(kinds(await deployTo(account))).not.toContain("create Database");
    expect((await deployTo(account)).outcome).toBe("no_changes");
  });

  test("keeps a setting until another one is given", async () => {
    const account = fakeAccount();
    await deployTo(account, requestOf({ settings: { AlarmEmail: "soc@example.com" } }));
    const outcome = await deployTo(account);
    expect(outcome).toMatchObject({
      outcome: "no_changes",
      stack: { parameters: { AlarmEmail: "soc@example.com" } },
    });
  });

  test("replaces what holds no data", async () => {
    const account = fakeAccount();
    await deployTo(account);
    expect(kinds(await deployTo(account, requestOf({ settings: { MaxConcurrency: "20" } })))).toEqual([
      "replace PullQueue",
    ]);
  });

  test("tells the first failing resource and its missing permission; the next deployment begins anew", async () => {
    const account = fakeAccount();
    const reason = "User: arn:x is not authorized to perform: lambda:CreateFunction on resource: y";
    account.stacks.failAt = { logicalId: "PullFunction", reason };
    await expect(deployTo(account)).rejects.toMatchObject({
      code: "deploy_failed",
      message: expect.stringMatching(
        /^Cannot deploy the stack duolake-main: the permission lambda:CreateFunction is missing; .*PullFunction \(AWS::Lambda::Function\) failed: .*; the change was taken back, got ROLLBACK_COMPLETE$/,
      ) as string,
    });
    await expect(deployTo(account, requestOf({ isDryRun: true }))).rejects.toThrow(
      "it must be removed before",
    );
    expect((await deployTo(account, requestOf(), { answer: false })).outcome).toBe("declined");
    const talked = talk();
    expect((await deployTo(account, requestOf(), { talked })).outcome).toBe("deployed");
    expect(talked.asked[0]).toMatch(/never came up \(ROLLBACK_COMPLETE\).* Remove it\?$/);
  });

  test("says what to do where CloudFormation finds the name of the tables' bucket taken", async () => {
    const account = fakeAccount();
    account.stacks.failAt = { logicalId: "LakeBucket", reason: "duodata-main-1-x already exists" };
    await expect(deployTo(account)).rejects.toMatchObject({
      code: "deploy_failed",
      message: expect.stringMatching(
        /^Cannot deploy the stack duolake-main: the name of a bucket is taken; choose another label with --label: LakeBucket \(AWS::S3::Bucket\) failed/,
      ) as string,
    });
  });

  test("stops while it waits, and says that AWS goes on", async () => {
    const account = fakeAccount();
    const stop = new AbortController();
    const { sleep } = account.services.clock;
    const services = {
      ...account.services,
      clock: {
        ...account.services.clock,
        sleep: (ms: number, signal?: AbortSignal) => {
          if (account.stacks.ledger.includes("execute")) stop.abort();
          return sleep(ms, signal);
        },
      },
    };
    await expect(
      deployTo({ ...account, services }, requestOf(), { signal: stop.signal }),
    ).rejects.toMatchObject({
      code: "stopped",
      message: expect.stringContaining("goes on in AWS") as string,
    });
    expect(account.stacks.ledger).not.toContain("deleteChangeSet");
  });
});
