import { expect, test } from "vitest";

import { Secret } from "../../../src/secrets/secret.ts";
import { SECRET_PLACEHOLDER } from "../../../src/secrets/store.ts";
import type { SecretStore } from "../../../src/secrets/store.ts";

/** What every store of secrets must do; `open` gives an empty one. */
export function testSecretStore(name: string, open: () => Promise<SecretStore>): void {
  test(`${name}: a source that nobody set up is missing`, async () => {
    const store = await open();
    expect(await store.status("duo")).toBe("missing");
    expect(await store.get("duo")).toBeUndefined();
  });

  test(`${name}: a placeholder is made once and holds no secret`, async () => {
    const store = await open();
    expect(await store.createPlaceholder("duo")).toBe(true);
    expect(await store.createPlaceholder("duo")).toBe(false);
    expect(await store.status("duo")).toBe("placeholder");
    expect(await store.get("duo")).toBeUndefined();
    expect(await store.status("duo_prod")).toBe("missing");
  });

  test(`${name}: a secret is kept without the blanks around it, and may be replaced`, async () => {
    const store = await open();
    await store.createPlaceholder("duo");
    await store.set("duo", new Secret("  first-key\n"));
    expect(await store.status("duo")).toBe("populated");
    expect((await store.get("duo"))?.reveal()).toBe("first-key");
    await store.set("duo", new Secret("second-key"));
    await store.set("duo_prod", new Secret("other"));
    expect((await store.get("duo"))?.reveal()).toBe("second-key");
  });

  test(`${name}: a placeholder never takes the place of a secret`, async () => {
    const store = await open();
    await store.set("duo", new Secret("key"));
    expect(await store.createPlaceholder("duo")).toBe(false);
    expect((await store.get("duo"))?.reveal()).toBe("key");
  });

  test(`${name}: quotes, backslashes and the longest key come back as they were`, async () => {
    const store = await open();
    for (const text of ['a"b\\c/{}', "x", "~".repeat(256)]) {
      await store.set("duo", new Secret(text));
      expect((await store.get("duo"))?.reveal()).toBe(text);
    }
  });

  test.each([
    ["nothing", " \n"],
    ["the placeholder", ` ${SECRET_PLACEHOLDER} `],
    ["a blank inside", "top secret"],
    ["a line break inside", "top\nsecret"],
    ["a character beyond ASCII", "secrét"],
    ["too many characters", "s".repeat(257)],
  ])(`${name}: %s is refused, and the message does not quote it`, async (_what, text) => {
    const store = await open();
    await store.set("duo", new Secret("before"));
    const error: unknown = await store.set("duo", new Secret(text)).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: "usage_invalid" });
    // The placeholder is no secret, but it is not needed in the message either.
    expect(text.trim() !== "" && String(error).includes(text.trim())).toBe(false);
    expect((await store.get("duo"))?.reveal()).toBe("before");
  });

  test.each(["", "../duo", "duo/x", "Duo", "a".repeat(65)])(
    `${name}: the source %j is refused everywhere`,
    async (source) => {
      const store = await open();
      const refused = { code: "usage_invalid" };
      await expect(store.status(source)).rejects.toMatchObject(refused);
      await expect(store.get(source)).rejects.toMatchObject(refused);
      await expect(store.set(source, new Secret("x"))).rejects.toMatchObject(refused);
      await expect(store.createPlaceholder(source)).rejects.toMatchObject(refused);
    },
  );

  test(`${name}: describe names the place, never the secret`, async () => {
    const store = await open();
    await store.set("duo", new Secret("top-secret"));
    expect(store.describe("duo")).toContain("duo");
    expect(store.describe("duo")).not.toContain("top-secret");
  });

  test(`${name}: of many writers at once one wins whole`, async () => {
    const store = await open();
    const texts = Array.from({ length: 8 }, (_, i) => `key-${i}`.repeat(10));
    await Promise.all(texts.map((text) => store.set("duo", new Secret(text))));
    expect(texts).toContain((await store.get("duo"))?.reveal());
    const created = await Promise.all(texts.map(() => store.createPlaceholder("duo_new")));
    expect(created.filter(Boolean)).toHaveLength(1);
  });
}
