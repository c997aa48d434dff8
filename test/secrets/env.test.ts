import { expect, test } from "vitest";

import { secretVariable, withEnvironment } from "../../src/secrets/env.ts";
import { memorySecretStore } from "../../src/secrets/memory.ts";
import { Secret } from "../../src/secrets/secret.ts";

test.each([
  ["duo", "DUOLAKE_SECRET_KEY_DUO"],
  ["duo_prod_2", "DUOLAKE_SECRET_KEY_DUO_PROD_2"],
  ["duo-x.y", "DUOLAKE_SECRET_KEY_DUO_X_Y"],
])("secretVariable of %s is %s", (source, variable) => {
  expect(secretVariable(source)).toBe(variable);
});

test("withEnvironment lets a variable win over the store, for its source only", async () => {
  const inner = memorySecretStore();
  await inner.set("duo", new Secret("stored"));
  await inner.createPlaceholder("duo_b");
  const store = withEnvironment(inner, { DUOLAKE_SECRET_KEY_DUO: " from-env\n" });
  expect((await store.get("duo"))?.reveal()).toBe("from-env");
  expect(await store.status("duo")).toBe("populated");
  expect(store.describe("duo")).toBe("the environment variable DUOLAKE_SECRET_KEY_DUO");
  expect(await store.status("duo_b")).toBe("placeholder");
  expect(store.describe("duo_b")).toBe(inner.describe("duo_b"));
});

test.each([undefined, "", "  ", "<placeholder>"])(
  "withEnvironment takes %j for a variable that is not set",
  async (value) => {
    const inner = memorySecretStore();
    await inner.set("duo", new Secret("stored"));
    const store = withEnvironment(inner, { DUOLAKE_SECRET_KEY_DUO: value });
    expect((await store.get("duo"))?.reveal()).toBe("stored");
    expect(store.describe("duo")).toBe(inner.describe("duo"));
  },
);

test("withEnvironment refuses a variable that cannot be a key, without quoting it", async () => {
  const store = withEnvironment(memorySecretStore(), { DUOLAKE_SECRET_KEY_DUO: "TOP SECRET" });
  const refused = {
    code: "secret_unreadable",
    message:
      "Cannot use the environment variable DUOLAKE_SECRET_KEY_DUO: it holds a blank or a character that is not printable ASCII",
  };
  await expect(store.get("duo")).rejects.toMatchObject(refused);
  await expect(store.status("duo")).rejects.toMatchObject(refused);
});

test("withEnvironment writes to the store, never to the environment", async () => {
  const inner = memorySecretStore();
  const env = { DUOLAKE_SECRET_KEY_DUO: "from-env" };
  const store = withEnvironment(inner, env);
  await store.set("duo", new Secret("stored"));
  expect((await inner.get("duo"))?.reveal()).toBe("stored");
  expect(env.DUOLAKE_SECRET_KEY_DUO).toBe("from-env");
});
