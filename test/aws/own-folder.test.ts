import { existsSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ownFolder } from "../../src/aws/own-folder.ts";

const folder = (): Promise<string> => mkdtemp(join(tmpdir(), "duolake-own-"));

test("the folder is there as long as what works in it", async () => {
  const dir = await folder();
  let isThereAtTheEnd = false;
  const opened = await ownFolder(dir, async () => ({
    name: "it",
    [Symbol.asyncDispose]: async () => void (isThereAtTheEnd = existsSync(dir)),
  }));
  expect(opened.name).toBe("it");
  expect(existsSync(dir)).toBe(true);
  await opened[Symbol.asyncDispose]();
  expect([isThereAtTheEnd, existsSync(dir)]).toEqual([true, false]);
});

test("what cannot be opened leaves no folder", async () => {
  const dir = await folder();
  await expect(ownFolder(dir, () => Promise.reject(new Error("no lake")))).rejects.toThrow("no lake");
  expect(existsSync(dir)).toBe(false);
});
