import { expect, test } from "vitest";
import { invocationSecrets } from "../../src/aws/invocation-secrets.ts";
import { memorySecretStore } from "../../src/secrets/memory.ts";
import { Secret } from "../../src/secrets/secret.ts";

test("a secret is read once until it is forgotten, and then as it is", async () => {
  const store = memorySecretStore();
  await store.createPlaceholder("duo");
  let reads = 0;
  const secrets = invocationSecrets({
    ...store,
    get: (source) => {
      reads += 1;
      return store.get(source);
    },
  });
  expect(await Promise.all([secrets.get("duo"), secrets.get("duo")])).toEqual([undefined, undefined]);
  await store.set("duo", new Secret("key"));
  expect(await secrets.get("duo")).toBeUndefined();
  expect(reads).toBe(1);
  secrets.forget();
  expect((await secrets.get("duo"))?.reveal()).toBe("key");
  expect(reads).toBe(2);
});

test("a failure is not kept", async () => {
  const store = memorySecretStore();
  await store.set("duo", new Secret("key"));
  let isDown = true;
  const secrets = invocationSecrets({
    ...store,
    get: (source) => (isDown ? Promise.reject(new Error("throttled")) : store.get(source)),
  });
  await expect(secrets.get("duo")).rejects.toThrow("throttled");
  isDown = false;
  expect((await secrets.get("duo"))?.reveal()).toBe("key");
});
