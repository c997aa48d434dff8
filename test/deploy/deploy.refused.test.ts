import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { awsSecretStore } from "../../src/secrets/aws.ts";
import type { SecretDocuments } from "../../src/secrets/secret-documents.ts";
import { configOf, deployTo, requestOf } from "./support/deploy-case.ts";
import { fakeAccount } from "./support/fake-account.ts";
import { nothingChanged } from "./support/nothing-changed.ts";

const BUCKET = "duolake-main-123456789012-eu-central-1";
const LAKE_BUCKET = "duodata-main-123456789012-eu-central-1";

describe("a deployment that cannot be", () => {
  test.each([
    ["Remove", "False", "would delete LakeBucket"],
    ["Modify", "True", "would replace LakeBucket"],
    ["Modify", "Conditional", "could replace LakeBucket"],
  ] as const)("refuses a change set that would lose data: %s %s", async (action, replacement, said) => {
    const account = fakeAccount();
    await deployTo(account);
    const type = "AWS::S3::Bucket";
    account.stacks.extra.push({
      action,
      replacement,
      logicalId: "LakeBucket",
      type,
      physicalId: "b",
      properties: ["BucketName"],
    });
    await nothingChanged(account, async () => {
      await expect(deployTo(account)).rejects.toMatchObject({
        code: "deploy_refused",
        message: expect.stringContaining(said) as string,
      });
    });
  });

  test("refuses another database than the one that the stack made", async () => {
    const account = fakeAccount();
    await deployTo(account);
    const lake = { ...configOf().lake, database: "other" };
    await nothingChanged(account, async () => {
      await expect(deployTo(account, requestOf({ config: configOf(["duo"], { lake }) }))).rejects.toThrow(
        "its tables are in the Glue database matano",
      );
    });
  });

  test.each([
    ["UPDATE_IN_PROGRESS", "wait until it has ended"],
    ["UPDATE_ROLLBACK_FAILED", "continue-update-rollback --stack-name duolake-main"],
    ["DELETE_FAILED", "run `duolake destroy` again"],
  ])("refuses a stack in %s", async (status, said) => {
    const account = fakeAccount();
    await deployTo(account);
    const stack = account.stacks.stacks.get("duolake-main");
    if (stack !== undefined) stack.facts = { ...stack.facts, status };
    await nothingChanged(account, async () => {
      await expect(deployTo(account)).rejects.toMatchObject({
        code: "deploy_refused",
        message: expect.stringContaining(said) as string,
      });
    });
  });

  test("refuses a stack of the same name that is none of ours", async () => {
    const account = fakeAccount();
    await deployTo(account);
    const stack = account.stacks.stacks.get("duolake-main");
    if (stack !== undefined) stack.facts = { ...stack.facts, tags: {} };
    await nothingChanged(account, async () => {
      await expect(deployTo(account)).rejects.toThrow("was not made by duolake");
    });
  });

  test("refuses a directory whose catalog is in another region", async () => {
    const account = fakeAccount();
    const lake = { ...configOf().lake, catalog: { type: "glue" as const, region: "us-east-1" } };
    await nothingChanged(account, async () => {
      await expect(
        deployTo(account, requestOf({ config: configOf(["duo"], { lake }) })),
      ).rejects.toMatchObject({
        code: "usage_invalid",
        message: expect.stringContaining("got the region eu-central-1") as string,
      });
    });
  });

  test("refuses a label with which the names of buckets are too long", async () => {
    const account = fakeAccount();
    const label = "a".repeat(31);
    await expect(deployTo(account, requestOf({ label }))).rejects.toMatchObject({
      code: "usage_invalid",
      message: expect.stringContaining("it may have 29 characters, got 31") as string,
    });
    expect((await deployTo(account, requestOf({ label: label.slice(2) }))).outcome).toBe("deployed");
  });

  test("refuses a directory without log sources", async () => {
    const account = fakeAccount();
    await expect(deployTo(account, requestOf({ config: configOf([]) }))).rejects.toThrow("no Duo log source");
  });

  test.each([BUCKET, LAKE_BUCKET])(
    "refuses before anything where another account has the name %s",
    async (name) => {
      const account = fakeAccount();
      account.taken.add(name);
      await nothingChanged(account, async () => {
        for (const isDryRun of [true, false]) {
          await expect(deployTo(account, requestOf({ isDryRun }))).rejects.toMatchObject({
            code: "deploy_refused",
            message: expect.stringContaining(`Cannot use the bucket ${name}`) as string,
          });
        }
      });
      expect(account.stacks.ledger).toEqual([]);
    },
  );

  test("the bucket that is looked for is the one that the template makes", async () => {
    const template = await readFile(new URL("../../infra/template.json", import.meta.url), "utf8");
    expect(template).toContain('"duodata-${Label}-${AWS::AccountId}-${AWS::Region}"');
  });

  test("takes the change set and the empty stack away where the bucket of the code cannot be made", async () => {
    const account = fakeAccount();
    const denied = Object.assign(
      new Error("User: arn:x is not authorized to perform: s3:CreateBucket on y"),
      {
        name: "AccessDenied",
      },
    );
    const buckets = { ...account.services.buckets, ensure: () => Promise.reject(denied) };
    const services = { ...account.services, buckets };
    await nothingChanged(account, async () => {
      await expect(deployTo({ ...account, services })).rejects.toMatchObject({
        code: "aws_forbidden",
        message: expect.stringMatching(
          `^Cannot make the bucket ${BUCKET}: the permission s3:CreateBucket is missing`,
        ) as string,
      });
    });
    expect(account.stacks.stacks.size).toBe(0);
  });

  test("refuses a secret that is scheduled for deletion, and changes nothing", async () => {
    const account = fakeAccount();
    const documents: SecretDocuments = {
      get: () =>
        Promise.reject(
          Object.assign(new Error("because it was marked for deletion"), { name: "InvalidRequestException" }),
        ),
      put: () => Promise.reject(new Error("written")),
      create: () => Promise.reject(new Error("made")),
    };
    const services = {
      ...account.services,
      secrets: (label: string) => awsSecretStore(documents, label),
    };
    await nothingChanged(account, async () => {
      await expect(deployTo({ ...account, services })).rejects.toMatchObject({
        code: "secret_unreadable",
        message: expect.stringMatching(
          /^Cannot read the secret duolake\/main\/duo: it is scheduled for deletion; .*restore-secret/,
        ) as string,
      });
    });
    expect(account.stacks.ledger).toEqual([]);
  });
});
