import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { connect } from "../../src/query/connect.ts";
import { tempDir } from "../lake/support/temp-dir.ts";

const SPILLING = "CREATE TABLE many AS SELECT i, md5(i::VARCHAR) AS text FROM range(900000) t(i)";

test("a DuckDB ends with its connection, and what it spilled is gone", async () => {
  await using dir = await tempDir();
  const folder = join(dir.path, "spill");
  const connection = await connect(32 * 2 ** 20, { temp_directory: folder, threads: "1" });
  await connection.run(SPILLING);
  expect(existsSync(folder)).toBe(true);
  connection.closeSync();
  expect(existsSync(folder)).toBe(false);
});
