import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll } from "vitest";

import { withEnvironment } from "../../src/secrets/env.ts";
import { localSecretStore } from "../../src/secrets/local.ts";
import { memorySecretStore } from "../../src/secrets/memory.ts";
import { testSecretStore } from "./support/store-contract.ts";

const folders: string[] = [];

afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "duolake-secrets-"));
  folders.push(folder);
  return folder;
}

testSecretStore("memorySecretStore", async () => memorySecretStore());

testSecretStore("localSecretStore", async () => localSecretStore(await newFolder()));

testSecretStore("withEnvironment", async () =>
  withEnvironment(memorySecretStore(), { DUOLAKE_SECRET_KEY_OTHER: "x", DUOLAKE_SECRET_KEY_DUO: "" }),
);
