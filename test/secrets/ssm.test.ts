import { expect, test } from "vitest";
import { parameterStore } from "../../src/secrets/parameter-store.ts";
import { Secret } from "../../src/secrets/secret.ts";
import { ssmSecretStore } from "../../src/secrets/ssm.ts";
import { startSecretsManager } from "./support/secrets-manager-server.ts";

const NAME = "/duolake/prod/duo";

test("keeps the other members of the document and every name below the label", async () => {
  await using server = await startSecretsManager();
  const store = ssmSecretStore(parameterStore(server.client), "prod");
  expect(await store.createPlaceholder("duo")).toBe(true);
  expect(JSON.parse(server.secrets.get(NAME)?.at(-1) ?? "")).toEqual({ secret_key: "<placeholder>" });
  server.secrets.set(NAME, ['{"secret_key":"<placeholder>","owner":"it"}']);
  await store.set("duo", new Secret("key"));
  expect(JSON.parse(server.secrets.get(NAME)?.at(-1) ?? "")).toEqual({ secret_key: "key", owner: "it" });
  expect(await store.createPlaceholder("duo")).toBe(false);
  expect((await store.get("duo"))?.reveal()).toBe("key");
  expect(store.describe("duo")).toBe(`the secret ${NAME} of the Parameter Store of AWS Systems Manager`);
});

test("names the permission that is missing", async () => {
  await using server = await startSecretsManager();
  const store = ssmSecretStore(parameterStore(server.client), "prod");
  const denied = { status: 400, type: "AccessDeniedException", message: "no" };
  server.refuse(denied, denied);
  await expect(store.get("duo")).rejects.toThrow("ssm:GetParameter is missing");
  await expect(store.createPlaceholder("duo")).rejects.toThrow("ssm:PutParameter is missing");
});

test("an answer that was lost leaves the key as it was given", async () => {
  await using server = await startSecretsManager();
  const store = ssmSecretStore(parameterStore(server.client), "prod");
  server.refuse({ status: 500, type: "InternalServerError", isCarriedOut: true });
  // The look was lost, then the write: the repeated one finds the parameter there and overwrites it with the same.
  await store.set("duo", new Secret("key"));
  server.refuse(
    { status: 503, type: "ServiceUnavailable" },
    { status: 500, type: "InternalServerError", isCarriedOut: true },
  );
  await store.set("duo", new Secret("other"));
  expect((await store.get("duo"))?.reveal()).toBe("other");
});

test("too many requests are something that passes", async () => {
  await using server = await startSecretsManager();
  server.refuse(...Array.from({ length: 4 }, () => ({ status: 400, type: "ThrottlingException" })));
  const store = ssmSecretStore(parameterStore({ ...server.client, attemptCountMax: 2 }), "prod");
  await expect(store.get("duo")).rejects.toMatchObject({ code: "secret_unreadable", retryable: true });
});
