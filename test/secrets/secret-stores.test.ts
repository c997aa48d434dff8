import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { localSecretStore } from "../../src/secrets/local.ts";
import { memorySecretStore } from "../../src/secrets/memory.ts";
import { withEnvironment } from "../../src/secrets/env.ts";
import { testSecretStore } from "./support/store-contract.ts";

testSecretStore("memorySecretStore", async () => memorySecretStore());

testSecretStore("localSecretStore", async () =>
  localSecretStore(await mkdtemp(join(tmpdir(), "duolake-secrets-"))),
);

testSecretStore("withEnvironment", async () =>
  withEnvironment(memorySecretStore(), { DUOLAKE_SECRET_KEY_OTHER: "x", DUOLAKE_SECRET_KEY_DUO: "" }),
);
