import { expect, test } from "vitest";
import { mapBounded } from "../../src/core/map-bounded.ts";
import { parameterStore } from "../../src/secrets/parameter-store.ts";
import { ssmSecretStore } from "../../src/secrets/ssm.ts";
import { startSecretsManager } from "../secrets/support/secrets-manager-server.ts";

test("more log sources than the Parameter Store answers in a second wait for their turn", async () => {
  await using server = await startSecretsManager({ requestsPerSecondMax: 10 });
  const store = ssmSecretStore(parameterStore(server.client), "prod");
  const sources = Array.from({ length: 60 }, (_, index) => `duo_${index}`);
  expect(await mapBounded(sources, 8, store.createPlaceholder)).toEqual(sources.map(() => true));
  expect(server.secrets.size).toBe(sources.length);
  expect(server.requests.length).toBeGreaterThan(sources.length);
});
