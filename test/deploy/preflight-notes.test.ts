import { describe, expect, test } from "vitest";
import { preflight } from "../../src/deploy/preflight.ts";
import { preflightNotes } from "../../src/deploy/preflight-notes.ts";
import { Secret } from "../../src/secrets/secret.ts";
import { configOf, deployTo } from "./support/deploy-case.ts";
import { type FakeAccount, fakeAccount } from "./support/fake-account.ts";

async function notesOf(account: FakeAccount, config = configOf()): Promise<string[]> {
  return preflightNotes(await preflight(account.services, { config, label: "main" }), config);
}

describe("preflightNotes", () => {
  test("have nothing to say of an empty account, nor of a deployment that is well", async () => {
    const account = fakeAccount();
    expect(await notesOf(account)).toEqual([]);
    await deployTo(account);
    account.databases.set("matano", { tables: [], isLakeFormationOnly: true });
    expect(await notesOf(account)).toEqual([]);
  });

  test("name the database and the tables that are there, and who governs them", async () => {
    const account = fakeAccount();
    account.databases.set("matano", { tables: ["duo_auth", "okta"], isLakeFormationOnly: true });
    expect(await notesOf(account)).toEqual([
      "the Glue database matano is there already: it is used, and no part of the stack",
      "tables that are there go on as they are: duo_auth",
      expect.stringContaining("Lake Formation alone governs new tables of matano"),
    ]);
  });

  test("say that a database of the stack is gone", async () => {
    const account = fakeAccount();
    await deployTo(account);
    expect(await notesOf(account)).toEqual([expect.stringContaining("is gone although the stack made it")]);
  });

  test("warn of Lake Formation and a small quota; what could not be read is no warning", async () => {
    const account = fakeAccount();
    account.limits.isLakeFormationOnly = true;
    account.limits.lambdaConcurrency = 10;
    expect(await notesOf(account)).toEqual([
      expect.stringContaining("CREATE_DATABASE"),
      expect.stringContaining("may run 10 functions at once"),
    ]);
    account.limits.isLakeFormationOnly = undefined;
    account.limits.lambdaConcurrency = undefined;
    expect(await notesOf(account)).toEqual([]);
  });

  test("say that no value is carried along where the secrets move to the other store", async () => {
    const account = fakeAccount();
    await deployTo(account);
    const moved = configOf(["duo"], { secrets: { store: "ssm", label: "main" } });
    expect(await notesOf(account, moved)).toContainEqual(
      expect.stringMatching(
        /Parameter Store of AWS Systems Manager from now on.*secret set.*those in AWS Secrets Manager stay/,
      ),
    );
    expect((await notesOf(account)).join(" ")).not.toContain("from now on");
  });

  test("say what of the directory does not hold in AWS, and which secrets stay", async () => {
    const account = fakeAccount();
    await account.secrets.set("duo", new Secret("Zh5eGmUq9zpfQnyUIu5OL9iWoMMv5ZNmk3zLJ4Ep"));
    const { lake, pull } = configOf();
    const config = configOf(["duo"], {
      lake: { ...lake, warehouse: "s3://mine/lake" },
      pull: { ...pull, intervalMs: 90_000 },
    });
    expect(await notesOf(account, config)).toEqual([
      expect.stringContaining("lake.warehouse (s3://mine/lake) is not used in AWS"),
      "pull.interval counts in whole minutes in AWS: every 2 minute(s)",
      "secrets that are populated stay as they are: duo",
    ]);
  });
});
