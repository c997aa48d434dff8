import { mkdir, readdir, readFile, utimes } from "node:fs/promises";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { systemClock } from "../../../src/core/clock.ts";
import type { Row } from "../../../src/core/row.ts";
import { openSpool } from "../../../src/lake/parquet/spool.ts";
import { spoolFolders } from "../../../src/lake/parquet/spool-folder.ts";
import { readLine, writePart } from "../../../src/lake/parquet/spool-part.ts";
import { spoolLine } from "../support/line-of.ts";
import { tempDir } from "../support/temp-dir.ts";

const ts = "2024-01-01T00:00:00Z";

describe("openSpool", () => {
  test("openSpool keeps every row on a line of its own, whatever its size", async () => {
    await using dir = await tempDir();
    const spool = openSpool(`${dir.path}/one`);
    const rows: Row[] = [1, 300_000, 5, 1_000_000, 0, 100].map((length, index) => ({
      ts,
      text: "é".repeat(length),
      index,
    }));
    for (const row of rows) spool.add(spoolLine(row));
    spool.flush();
    spool.close();
    const text = await readFile(spool.path, "utf8");
    expect(
      text
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as Row),
    ).toEqual(rows);
    expect(spool.offsets.at(-1)).toBe(Buffer.byteLength(text));
    expect(spool.lineBytesMax).toBe(
      Math.max(...rows.map((row) => Buffer.byteLength(JSON.stringify(row)) + 1)),
    );
    for (const [line, row] of rows.entries()) expect(await readLine(spool, line)).toEqual(row);
  });

  test("writePart copies the lines of a range but those left out", async () => {
    await using dir = await tempDir();
    const spool = openSpool(`${dir.path}/one`);
    for (let id = 0; id < 10; id += 1) spool.add(spoolLine({ ts, id }));
    spool.flush();
    await fc.assert(
      fc.asyncProperty(fc.nat(10), fc.nat(10), fc.uniqueArray(fc.nat(9)), async (a, b, left) => {
        const range = { from: Math.min(a, b), to: Math.max(a, b) };
        const path = `${dir.path}/part`;
        await writePart(spool, { path, range, without: new Set(left) });
        const ids = [...(await readFile(path, "utf8")).matchAll(/"id":(\d)/g)].map((match) =>
          Number(match[1]),
        );
        const expected = Array.from({ length: range.to - range.from }, (_, index) => range.from + index);
        expect(ids).toEqual(expected.filter((id) => !left.includes(id)));
      }),
      { numRuns: 40 },
    );
    spool.close();
  });

  test("openSpool refuses a folder that is in use", async () => {
    await using dir = await tempDir();
    openSpool(dir.path).close();
    expect(() => openSpool(dir.path)).toThrow("EEXIST");
  });
});

describe("spoolFolders", () => {
  test("spoolFolders clears away what nobody touched for a day, and nothing else", async () => {
    await using dir = await tempDir();
    const old = new Date(Date.now() - 25 * 3_600_000);
    for (const name of ["old", "new"]) await mkdir(`${dir.path}/${name}/in`, { recursive: true });
    await utimes(`${dir.path}/old`, old, old);
    const folders = spoolFolders(dir.path, systemClock);
    expect(folders.next()).not.toBe(folders.next());
    await expect.poll(() => readdir(dir.path)).toEqual(["new"]);
  });
});
