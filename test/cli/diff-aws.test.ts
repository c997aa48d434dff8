import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { diffStack } from "../../src/cli/diff-stack.ts";
import { type Deployable, startDeployable } from "./support/deployable.ts";

let at: Deployable;

beforeEach(async () => {
  at = await startDeployable();
});

afterEach(() => at[Symbol.asyncDispose]());

describe("diff --aws", () => {
  test("exit code 2 with changes, 0 without; changes nothing", async () => {
    const before = await at.run((io) => diffStack({ json: true }, io, at.tools));
    expect(before.code).toBe(2);
    expect(JSON.parse(before.out)).toMatchObject({
      changes: true,
      tables: [{ source: "duo", table: "auth", change: "create" }],
      stack: { name: "duolake-main", status: null, refused: [] },
    });
    expect(at.account.stacks.stacks.size).toBe(0);
    await at.deploy();
    const after = await at.run((io) => diffStack({}, io, at.tools));
    expect(after.code).toBe(0);
    // No pull has made the table yet.
    expect(after.out).toMatch(
      /^No changes: duolake-main is as the directory says\.\ntable .*\nduo_auth +create +\d+ columns\n$/,
    );
  });

  test("shows what the next pulls would do to the tables, which is no difference of the stack", async () => {
    await at.deploy();
    await at.haveTable([{ name: "score", type: "int" }]);
    await at.writeFields("{ name: score, type: long }");
    // What the directory says is deployed by then.
    await at.deploy();
    const { code, out } = await at.run((io) => diffStack({}, io, at.tools));
    expect(code).toBe(0);
    expect(out).toMatch(
      /^No changes: .*\ntable +change +column\n[^]*duo_auth +promote +score +int -> long\n/,
    );
    const json = await at.run((io) => diffStack({ json: true }, io, at.tools));
    expect(JSON.parse(json.out)).toMatchObject({
      changes: false,
      tables: [{ table: "auth", change: "change", promoted: [{ column: "score", from: "int", to: "long" }] }],
    });
  });

  test("says which column a deployment would refuse, with exit code 2", async () => {
    await at.deploy();
    await at.haveTable([{ name: "score", type: "int" }]);
    await at.writeFields("{ name: score, type: string }");
    const { code, out } = await at.run((io) => diffStack({}, io, at.tools));
    expect(code).toBe(2);
    expect(out).toMatch(/\nduo_auth +refuse +score +the table has type int, wanted is string\n$/);
  });

  test("of a stack that never came up says what to do, and changes nothing", async () => {
    at.account.stacks.failAt = { logicalId: "PullQueue", reason: "no" };
    await expect(at.deploy()).rejects.toMatchObject({ code: "deploy_failed" });
    const before = [...at.account.stacks.ledger];
    await expect(at.run((io) => diffStack({}, io, at.tools))).rejects.toMatchObject({
      code: "deploy_refused",
      message: expect.stringMatching(/`duolake deploy` asks and does it, got ROLLBACK_COMPLETE$/) as string,
    });
    expect(at.account.stacks.ledger).toEqual(before);
  });

  test("says which change a deployment would refuse", async () => {
    await at.deploy();
    at.account.stacks.extra.push({
      action: "Remove",
      replacement: "False",
      logicalId: "LakeBucket",
      type: "AWS::S3::Bucket",
      physicalId: "b",
      properties: [],
    });
    const { code, err } = await at.run((io) => diffStack({}, io, at.tools));
    expect(code).toBe(2);
    expect(err).toContain("LakeBucket holds data: `duolake deploy` will refuse to delete it");
  });
});
