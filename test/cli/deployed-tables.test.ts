import { expect, test } from "vitest";
import { deployedTables } from "../../src/cli/deployed-tables.ts";
import type { Preflight } from "../../src/deploy/preflight.ts";
import { configOf } from "../deploy/support/deploy-case.ts";

const CALLER = { account: "123456789012", region: "eu-central-1", arn: "a" };
const DATABASE = { tables: [], isLakeFormationOnly: false };

async function compared(
  sourceCount: number,
  database: typeof DATABASE | undefined,
): Promise<{ readonly changes: readonly string[] | undefined; readonly loaded: readonly string[] }> {
  const loaded: string[] = [];
  const config = configOf(Array.from({ length: sourceCount }, (_, index) => `duo_${index}`));
  const tables = await deployedTables(config, "main", {
    found: { caller: CALLER, database } as unknown as Preflight,
    access: {},
    open: async () => ({
      list: async () => ["duo_0_auth", "other"],
      load: async (name) => {
        loaded.push(name);
        return undefined;
      },
    }),
  });
  return { changes: tables?.map(({ resolvedName, change }) => `${resolvedName} ${change}`), loaded };
}

test("only tables that Glue has are looked at", async () => {
  expect((await compared(2, DATABASE)).loaded).toEqual(["duo_0_auth"]);
});

test("without a database there is nothing to look at", async () => {
  const { changes, loaded } = await compared(1, undefined);
  expect(loaded).toEqual([]);
  expect(changes).toContain("duo_0_auth create");
});

test("a thousand log sources are compared, and no more", async () => {
  expect((await compared(1_000, DATABASE)).changes?.length).toBeGreaterThanOrEqual(1_000);
  expect(await compared(1_001, DATABASE)).toEqual({ changes: undefined, loaded: [] });
});
