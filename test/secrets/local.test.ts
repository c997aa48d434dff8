import { chmod, mkdir, readFile, readdir, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { expect, test } from "vitest";

import { DuolakeError } from "../../src/core/errors.ts";
import { localSecretStore } from "../../src/secrets/local.ts";
import { Secret } from "../../src/secrets/secret.ts";
import { testDirectory } from "../config/support/directory.ts";

async function directory(): Promise<{ dir: string; folder: string; path: string } & AsyncDisposable> {
  const { dir, ...rest } = await testDirectory({});
  const folder = join(dir, ".duolake", "secrets");
  return { dir, folder, path: join(folder, "duo.json"), ...rest };
}

async function errorOf(work: Promise<unknown>): Promise<DuolakeError> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof DuolakeError) return error;
  throw new Error("no DuolakeError was thrown", { cause: error });
}

async function modeOf(path: string): Promise<number> {
  return (await stat(path)).mode & 0o777;
}

test("localSecretStore writes files and folders that only their owner may read", async () => {
  await using place = await directory();
  const store = localSecretStore(place.dir);
  await store.createPlaceholder("duo");
  expect(await readFile(place.path, "utf8")).toBe('{"secret_key":"<placeholder>"}\n');
  expect(await modeOf(place.path)).toBe(0o600);
  expect(await modeOf(place.folder)).toBe(0o700);
  await store.set("duo", new Secret("key"));
  expect(await readFile(place.path, "utf8")).toBe('{"secret_key":"key"}\n');
  expect(await modeOf(place.path)).toBe(0o600);
  // No temporary file is left behind.
  expect(await readdir(place.folder)).toEqual(["duo.json"]);
  expect(store.describe("duo")).toBe(`the file ${place.path}`);
});

test("localSecretStore refuses a file that others may read, and says how to mend it", async () => {
  await using place = await directory();
  const store = localSecretStore(place.dir);
  await store.set("duo", new Secret("key"));
  for (const mode of [0o640, 0o604, 0o660]) {
    await chmod(place.path, mode);
    for (const ask of [store.get, store.status]) {
      const error = await errorOf(ask("duo"));
      expect(error.code).toBe("secret_unreadable");
      expect(error.message).toBe(
        `Cannot read the secret file ${place.path}: others may read it; run: chmod 600 ${place.path}`,
      );
    }
  }
  // Writing a new one mends it too.
  await store.set("duo", new Secret("new"));
  expect((await store.get("duo"))?.reveal()).toBe("new");
});

test.each([
  ["text that is not JSON", "TOPSECRET", "it is damaged"],
  ["an empty file", "", "it is damaged"],
  ["JSON cut short", '{"secret_key":"TOPSECR', "it is damaged"],
  ["another JSON value", '["TOPSECRET"]', "it is damaged"],
  ["null", "null", "it is damaged"],
  ["another key", '{"secret":"TOPSECRET"}', "it is damaged"],
  ["a number", '{"secret_key":12345678}', "it is damaged"],
  ["a secret with a blank", '{"secret_key":"TOP SECRET"}', "its secret_key cannot be used: it holds a blank"],
  ["a file that is too large", "TOPSECRET".repeat(10_000), "it is larger than 64 KiB"],
])("localSecretStore refuses %s without quoting it, and never replaces it", async (_what, text, reason) => {
  await using place = await directory();
  await mkdir(place.folder, { recursive: true });
  await writeFile(place.path, text, { mode: 0o600 });
  const store = localSecretStore(place.dir);
  for (const ask of [store.get, store.status]) {
    const error = await errorOf(ask("duo"));
    expect(error.code).toBe("secret_unreadable");
    expect(error.message).toContain(`Cannot read the secret file ${place.path}: ${reason}`);
    expect(`${error.message}${JSON.stringify(error.cause) ?? ""}`).not.toMatch(/TOP|12345678/);
  }
  expect(await store.createPlaceholder("duo")).toBe(false);
  expect(await readFile(place.path, "utf8")).toBe(text);
});

test.each(['{"secret_key":""}', '{"secret_key":" <placeholder> "}'])(
  "localSecretStore takes %s for a placeholder",
  async (text) => {
    await using place = await directory();
    await mkdir(place.folder, { recursive: true });
    await writeFile(place.path, text, { mode: 0o600 });
    const store = localSecretStore(place.dir);
    expect(await store.status("duo")).toBe("placeholder");
    expect(await store.get("duo")).toBeUndefined();
  },
);

test("localSecretStore follows a link and checks the file behind it", async () => {
  await using place = await directory();
  await mkdir(place.folder, { recursive: true });
  const target = join(place.dir, "mounted.json");
  await writeFile(target, '{"secret_key":"key"}', { mode: 0o600 });
  await symlink(target, place.path);
  const store = localSecretStore(place.dir);
  expect((await store.get("duo"))?.reveal()).toBe("key");
  await chmod(target, 0o644);
  expect((await errorOf(store.get("duo"))).code).toBe("secret_unreadable");
});

test("localSecretStore refuses what is no plain file", async () => {
  await using place = await directory();
  await mkdir(place.folder, { recursive: true });
  await symlink("/dev/null", place.path);
  expect((await errorOf(localSecretStore(place.dir).get("duo"))).message).toContain("it is not a plain file");
});

test("localSecretStore says secret_unreadable where something else stands in the way", async () => {
  await using place = await directory();
  const store = localSecretStore(place.dir);
  await mkdir(place.path, { recursive: true });
  expect((await errorOf(store.get("duo"))).message).toMatch(/it is not a plain file|EISDIR/);
  expect((await errorOf(store.set("duo", new Secret("TOPSECRET")))).message).not.toContain("TOPSECRET");
  await writeFile(join(place.dir, "file"), "");
  const inFile = localSecretStore(join(place.dir, "file"));
  expect((await errorOf(inFile.set("duo", new Secret("TOPSECRET")))).code).toBe("secret_unreadable");
  expect((await errorOf(inFile.createPlaceholder("duo"))).code).toBe("secret_unreadable");
  expect(await readdir(place.folder)).toEqual(["duo.json"]);
});
