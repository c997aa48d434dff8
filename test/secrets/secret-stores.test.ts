import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll } from "vitest";

import { awsSecretStore } from "../../src/secrets/aws.ts";
import { withEnvironment } from "../../src/secrets/env.ts";
import { localSecretStore } from "../../src/secrets/local.ts";
import { memorySecretStore } from "../../src/secrets/memory.ts";
import { parameterStore } from "../../src/secrets/parameter-store.ts";
import { ssmSecretStore } from "../../src/secrets/ssm.ts";
import { secretsManager } from "../../src/secrets/secrets-manager.ts";
import { type SecretsManagerServer, startSecretsManager } from "./support/secrets-manager-server.ts";
import { testSecretStore } from "./support/store-contract.ts";

const folders: string[] = [];
const servers: SecretsManagerServer[] = [];

afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
  for (const server of servers) await server[Symbol.asyncDispose]();
});

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "duolake-secrets-"));
  folders.push(folder);
  return folder;
}

testSecretStore("memorySecretStore", async () => memorySecretStore());

testSecretStore("localSecretStore", async () => localSecretStore(await newFolder()));

testSecretStore("awsSecretStore", async () => {
  const server = await startSecretsManager();
  servers.push(server);
  return awsSecretStore(secretsManager(server.client), "prod");
});

testSecretStore("ssmSecretStore", async () => {
  const server = await startSecretsManager();
  servers.push(server);
  return ssmSecretStore(parameterStore(server.client), "prod");
});

testSecretStore("withEnvironment", async () =>
  withEnvironment(memorySecretStore(), { DUOLAKE_SECRET_KEY_OTHER: "x", DUOLAKE_SECRET_KEY_DUO: "" }),
);
