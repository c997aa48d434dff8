import { expect, test } from "vitest";

import { awsSecretStore } from "../../src/secrets/aws.ts";
import { Secret } from "../../src/secrets/secret.ts";
import { secretsManager } from "../../src/secrets/secrets-manager.ts";
import type { SecretStore } from "../../src/secrets/store.ts";
import { type SecretsManagerServer, startSecretsManager } from "./support/secrets-manager-server.ts";

const NAME = "duolake/prod/duo";

function storeOf({ client }: SecretsManagerServer): SecretStore {
  return awsSecretStore(secretsManager(client), "prod");
}

test("a placeholder is Matano's document, under a name that says whose it is", async () => {
  await using server = await startSecretsManager();
  await storeOf(server).createPlaceholder("duo");
  expect([...server.secrets]).toEqual([[NAME, ['{"secret_key":"<placeholder>"}']]]);
});

test("a secret that somebody keeps other things in keeps them", async () => {
  await using server = await startSecretsManager();
  server.secrets.set(NAME, ['{"owner":"it","secret_key":"<placeholder>"}']);
  await storeOf(server).set("duo", new Secret("new-key"));
  expect(server.secrets.get(NAME)?.at(-1)).toBe('{"owner":"it","secret_key":"new-key"}');
});

test.each(["", "not json", "[]", '{"secret_key":5}', '{"secret_key":"two words"}'])(
  "the document %j is refused without being quoted",
  async (text) => {
    await using server = await startSecretsManager();
    server.secrets.set(NAME, [text]);
    const error: unknown = await storeOf(server)
      .get("duo")
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: "secret_unreadable" });
    expect(String(error)).toContain(NAME);
    expect(String(error)).not.toContain("two words");
  },
);

test("a secret that waits for its deletion is neither used nor made anew, and the message says what to do", async () => {
  await using server = await startSecretsManager();
  server.secrets.set(NAME, ['{"secret_key":"key"}']);
  server.scheduled.add(NAME);
  const store = storeOf(server);
  const refused = {
    code: "secret_unreadable",
    message: expect.stringContaining("aws secretsmanager restore-secret") as string,
  };
  await expect(store.get("duo")).rejects.toMatchObject(refused);
  await expect(store.set("duo", new Secret("x"))).rejects.toMatchObject(refused);
  await expect(store.createPlaceholder("duo")).rejects.toMatchObject(refused);
});

test("a missing permission is named", async () => {
  await using server = await startSecretsManager();
  const store = storeOf(server);
  const denied = { status: 400, type: "AccessDeniedException", message: "User is not authorized" };
  server.refuse(denied, denied);
  await expect(store.get("duo")).rejects.toThrow("secretsmanager:GetSecretValue is missing");
  await expect(store.createPlaceholder("duo")).rejects.toThrow("secretsmanager:CreateSecret is missing");
});

test("an answer that was lost is asked for again, and nothing is made twice", async () => {
  await using server = await startSecretsManager();
  const store = storeOf(server);
  const lost = { status: 500, type: "InternalServiceError", isCarriedOut: true };
  server.refuse(lost);
  expect(await store.createPlaceholder("duo")).toBe(true);
  // The first answer is that of the look at what is there.
  server.refuse({ status: 503, type: "ServiceUnavailable" }, lost);
  await store.set("duo", new Secret("key"));
  expect((await store.get("duo"))?.reveal()).toBe("key");
  expect(server.secrets.get(NAME)?.length).toBeLessThanOrEqual(2);
});

test("a service that goes on failing is given up, as something that may pass", async () => {
  await using server = await startSecretsManager();
  server.refuse(...Array.from({ length: 4 }, () => ({ status: 500, type: "InternalServiceError" })));
  await expect(storeOf(server).get("duo")).rejects.toMatchObject({
    code: "secret_unreadable",
    retryable: true,
  });
});

test.each([
  ["Region is missing", "set AWS_REGION"],
  ["Could not load credentials from any providers", "set AWS_PROFILE"],
])("what the SDK says itself (%s) comes with what to do", async (text, advice) => {
  const name = text.includes("credentials") ? "CredentialsProviderError" : "Error";
  const fail = (): Promise<never> => Promise.reject(Object.assign(new Error(text), { name }));
  const store = awsSecretStore({ get: fail, put: fail, create: fail }, "prod");
  await expect(store.get("duo")).rejects.toThrow(advice);
});

test("the package is loaded by the first request, and its absence is told", async () => {
  const manager = secretsManager({ loadPackage: () => Promise.reject(new Error("gone")) });
  await expect(awsSecretStore(manager, "prod").get("duo")).rejects.toMatchObject({ code: "package_missing" });
});
