import { readdir } from "node:fs/promises";

import { expect, test } from "vitest";

import { openSecretStore } from "../../src/secrets/open-secret-store.ts";
import { Secret } from "../../src/secrets/secret.ts";
import { testDirectory } from "../config/support/directory.ts";

test("openSecretStore opens the local store behind the environment and touches no file", async () => {
  await using directory = await testDirectory({});
  const config = { dir: directory.dir, secrets: { store: "local", label: "main" } } as const;
  const store = openSecretStore(config, { DUOLAKE_SECRET_KEY_DUO: "from-env" });
  expect((await store.get("duo"))?.reveal()).toBe("from-env");
  expect(await store.status("duo_b")).toBe("missing");
  expect(await readdir(directory.dir)).toEqual([]);
  await store.set("duo_b", new Secret("key"));
  expect(await readdir(directory.dir)).toEqual([".duolake"]);
});

test("openSecretStore opens AWS Secrets Manager without asking it anything", async () => {
  const config = { dir: "/x", secrets: { store: "aws", label: "prod" } } as const;
  const store = openSecretStore(config, { DUOLAKE_SECRET_KEY_DUO: "from-env" });
  expect((await store.get("duo"))?.reveal()).toBe("from-env");
  expect(store.describe("duo_b")).toBe("the secret duolake/prod/duo_b of AWS Secrets Manager");
});
