import { join, parse } from "node:path";

import { expect, test } from "vitest";

import { findDir } from "../../src/config/find-dir.ts";
import { testDirectory } from "./support/directory.ts";

test("findDir takes the nearest folder upwards that is a Matano directory", async () => {
  await using directory = await testDirectory({
    "matano.config.yml": "",
    "a/b/": "",
    "nested/log_sources/duo/": "",
  });
  const { dir } = directory;
  expect(await findDir({ cwd: dir })).toBe(dir);
  expect(await findDir({ cwd: join(dir, "a", "b") })).toBe(dir);
  expect(await findDir({ cwd: join(dir, "nested", "log_sources", "duo") })).toBe(join(dir, "nested"));
});

test("findDir takes --dir as it is, from the working directory", async () => {
  expect(await findDir({ dir: "x/y", cwd: "/srv" })).toBe("/srv/x/y");
  expect(await findDir({ dir: "/opt/matano", cwd: "/srv" })).toBe("/opt/matano");
});

test("findDir says where it looked and what to do when there is none", async () => {
  const cwd = parse(process.cwd()).root;
  await expect(findDir({ cwd })).rejects.toMatchObject({
    code: "config_not_found",
    message: expect.stringMatching(/neither \/ nor a folder above it has .* --dir, .*`duolake init DIR`/),
  });
});
