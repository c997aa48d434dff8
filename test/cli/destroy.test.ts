import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { destroy, type DestroyCommandOptions } from "../../src/cli/destroy.ts";
import { withStdin } from "./support/cli.ts";
import { type Deployable, type Ended, startDeployable } from "./support/deployable.ts";

let at: Deployable;

beforeEach(async () => {
  at = await startDeployable();
});

afterEach(() => at[Symbol.asyncDispose]());

const runDestroy = (options: DestroyCommandOptions): Promise<Ended> =>
  at.run((io) => destroy(options, io, at.tools));

describe("destroy", () => {
  test("lists, asks for the label to be typed, and keeps the data", async () => {
    await at.deploy();
    const wrong = await withStdin("prod\n", () => runDestroy({}), { isTTY: true });
    expect(wrong).toMatchObject({ code: 1, err: expect.stringContaining("nothing was removed") as string });
    expect(at.account.stacks.stacks.size).toBe(1);
    const { code, out } = await withStdin("main\n", () => runDestroy({}), { isTTY: true });
    expect(code).toBe(0);
    expect(out).toMatch(
      /removed:\n[^]*PullFunction[^]*kept:\n[^]*LakeBucket[^]*duolake\/main\/duo +secret key/,
    );
    expect([...at.account.buckets.keys()]).toEqual(["duolake-main-123456789012-eu-central-1"]);
  });

  test("--json says what was removed and what stays", async () => {
    await at.deploy();
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
      former_secrets: [],
      data_deleted: false,
    });
  });

  test("names the keys of a store that is not used any more, and leaves them", async () => {
    await at.deploy();
    at.account.parameters.list = ["/duolake/main/duo", "/duolake/prod/duo"];
    const told = { label: "main", yes: true, deleteData: true, yesDeleteData: "main" };
    const { out } = await runDestroy(told);
    expect(out).toContain("kept in the Parameter Store of AWS Systems Manager, which");
    expect(out).toContain("  /duolake/main/duo\n");
    expect(out).not.toContain("/duolake/prod/duo");
    expect(at.account.scheduled).toEqual(["duolake/main/duo"]);
  });

  test("whoever may not look into the other store removes the deployment all the same", async () => {
    await at.deploy();
    at.account.parameters.list = undefined;
    const { out } = await runDestroy({ label: "main", yes: true, json: true });
    expect(JSON.parse(out)).toMatchObject({ former_secrets: null });
    await at.deploy();
    const told = await runDestroy({ label: "main", yes: true });
    expect(told.out).toContain("not looked at: the Parameter Store of AWS Systems Manager");
  });

  test.each([
    [{ yes: true }, "--yes needs --label"],
    [{ deleteData: true }, "needs --yes-delete-data main, got null"],
    [{ deleteData: true, yesDeleteData: "prod" }, 'needs --yes-delete-data main, got "prod"'],
    [{ yesDeleteData: "main" }, "says nothing without --delete-data"],
  ])("refuses %j", async (options, said) => {
    await at.deploy();
    await expect(runDestroy(options)).rejects.toMatchObject({
      code: "usage_invalid",
      message: expect.stringContaining(said) as string,
    });
    expect(at.account.stacks.stacks.size).toBe(1);
  });

  test("told twice, it removes the data too", async () => {
    await at.deploy();
    await runDestroy({ label: "main", yes: true, deleteData: true, yesDeleteData: "main" });
    expect(at.account.buckets.size).toBe(0);
    expect(at.account.scheduled).toEqual(["duolake/main/duo"]);
  });
});
