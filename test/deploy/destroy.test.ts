import { describe, expect, test } from "vitest";
import { destroy, type DestroyPlan, planDestroy } from "../../src/deploy/destroy.ts";
import { Secret } from "../../src/secrets/secret.ts";
import { deployTo, requestOf } from "./support/deploy-case.ts";
import { type FakeAccount, fakeAccount } from "./support/fake-account.ts";

const BUCKET = "duolake-main-123456789012-eu-central-1";
const REQUEST = { label: "main", retained: ["LakeBucket", "Database"], isWithData: false };

async function remove(account: FakeAccount, request = REQUEST): Promise<DestroyPlan> {
  const plan = await planDestroy(account.services, request);
  const talk = { signal: new AbortController().signal, step: () => undefined, event: () => undefined };
  await destroy(account.services, { plan, request, talk });
  return plan;
}

const ids = (some: DestroyPlan["removed"]): string[] => some.map(({ logicalId }) => logicalId);

describe("destroy", () => {
  test("removes the stack and keeps events, code and secrets", async () => {
    const account = fakeAccount();
    await deployTo(account);
    const before = [...account.writes];
    const plan = await remove(account);
    expect(ids(plan.removed)).toEqual(["PullFunction", "HeartbeatAlarm", "PullQueue"]);
    expect(ids(plan.retained)).toEqual(["LakeBucket", "Database"]);
    expect(plan).toMatchObject({ codeBucket: BUCKET, secrets: ["duolake/main/duo"] });
    expect(account.stacks.stacks.size).toBe(0);
    expect({ writes: account.writes, scheduled: account.scheduled }).toEqual({
      writes: before,
      scheduled: [],
    });
    expect(await account.secrets.status("duo")).toBe("placeholder");
  });

  test("a deployment after it uses the database, the code and the secret that were kept", async () => {
    const account = fakeAccount();
    await deployTo(account);
    const key = new Secret("Zh5eGmUq9zpfQnyUIu5OL9iWoMMv5ZNmk3zLJ4Ep");
    await account.secrets.set("duo", key);
    await remove(account);
    account.databases.set("matano", { tables: ["duo_auth"], isLakeFormationOnly: false });
    const before = [...account.writes];
    const outcome = await deployTo(account);
    expect(outcome.outcome).toBe("deployed");
    expect(outcome.changes.map(({ logicalId }) => logicalId)).not.toContain("Database");
    expect(outcome.secrets).toEqual([{ source: "duo", status: "populated", isCreated: false }]);
    expect((await account.secrets.get("duo"))?.reveal()).toBe(key.reveal());
    expect(account.writes).toEqual(before);
    expect((await deployTo(account)).outcome).toBe("no_changes");
  });

  test("leaves other deployments alone", async () => {
    const account = fakeAccount();
    await deployTo(account);
    await deployTo(account, requestOf({ label: "prod" }));
    await remove(account, { ...REQUEST, isWithData: true });
    expect([...account.stacks.stacks.keys()]).toEqual(["duolake-prod"]);
    expect([...account.buckets.keys()]).toEqual(["duolake-prod-123456789012-eu-central-1"]);
    expect(account.scheduled).toEqual(["duolake/main/duo"]);
  });

  test("with its data: empties and removes the buckets, the database and, to be restored, the secrets", async () => {
    const account = fakeAccount();
    await deployTo(account);
    account.buckets.set("LakeBucket-1", new Map([1, 2, 3].map((n) => [`lake/${n}`, new Uint8Array(1)])));
    await remove(account, { ...REQUEST, isWithData: true });
    expect(account.buckets.size).toBe(0);
    expect(account.writes.slice(-3)).toEqual([
      "remove Database-1",
      "remove LakeBucket-1",
      `remove ${BUCKET}`,
    ]);
    expect(account.scheduled).toEqual(["duolake/main/duo"]);
  });

  test("touches no data where the stack could not be removed", async () => {
    const account = fakeAccount();
    await deployTo(account);
    const before = [...account.writes];
    account.stacks.failAt = { logicalId: "PullQueue", reason: "it is in use" };
    await expect(remove(account, { ...REQUEST, isWithData: true })).rejects.toMatchObject({
      code: "deploy_failed",
      message:
        "Cannot remove the stack duolake-main: PullQueue (AWS::SQS::Queue) failed: it is in use, got DELETE_FAILED",
    });
    expect(account.writes).toEqual(before);
    // Once more goes on.
    await remove(account);
    expect(account.stacks.stacks.size).toBe(0);
  });

  test("names account and region where there is no such deployment", async () => {
    await expect(planDestroy(fakeAccount().services, REQUEST)).rejects.toMatchObject({
      code: "stack_not_found",
      message: expect.stringContaining("account 123456789012, region eu-central-1") as string,
    });
  });

  test("refuses a stack that is none of ours", async () => {
    const account = fakeAccount();
    await deployTo(account);
    const stack = account.stacks.stacks.get("duolake-main");
    if (stack !== undefined) stack.facts = { ...stack.facts, tags: { "duolake:label": "other" } };
    await expect(planDestroy(account.services, REQUEST)).rejects.toThrow("was not made by duolake");
  });
});
