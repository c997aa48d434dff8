import { spawnSync } from "node:child_process";
import { readdir, utimes, writeFile } from "node:fs/promises";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, test, vi } from "vitest";
import { systemClock } from "../../../src/core/clock.ts";
import type { Lake, LakeTable } from "../../../src/lake/lake.ts";
import { openLake } from "../../../src/lake/open-lake.ts";
import { readColumns } from "../../../src/lake/read-columns.ts";
import { type RestServer, startRestServer } from "../../support/rest-catalog-server.ts";
import { startS3Server } from "../../support/s3-server.ts";
import { SMALL_COLUMNS } from "../support/columns.ts";
import { tempDir } from "../support/temp-dir.ts";
import { append, CURSOR } from "../support/test-lake.ts";

const TABLE = { columns: SMALL_COLUMNS, properties: { [CURSOR]: "0" } };
const row = (n: number): { ts: string; n: number } => ({ ts: `2026-01-0${n}T00:00:00Z`, n });

function lakeOf(server: RestServer, localFolder: string): Promise<Lake> {
  return openLake({
    warehouse: `${localFolder}/unused`,
    database: "matano",
    catalog: { type: "rest", uri: server.url },
    clock: systemClock,
    localFolder,
    rest: { env: {} },
  });
}

async function numbers(table: LakeTable): Promise<unknown[]> {
  const found: unknown[] = [];
  for await (const rows of readColumns(table, { paths: [["n"]] })) for (const [n] of rows) found.push(n);
  return found.map(Number).sort((a, b) => a - b);
}

/** A file of ten days ago that nobody names. */
async function leaveOld(path: string): Promise<void> {
  await writeFile(path, "left behind");
  const atSeconds = Date.now() / 1000 - 10 * 86_400;
  await utimes(path, atSeconds, atSeconds);
}

afterEach(() => {
  vi.unstubAllEnvs();
});

describe("openLake with a REST catalog", () => {
  test.each(["file://", "file:", ""])("writes and reads where the server says: %s/…", async (scheme) => {
    await using dir = await tempDir();
    await using server = await startRestServer({
      root: `${scheme}${dir.path}/ware house`,
      writesMetadata: true,
      firstFieldId: 40,
    });
    const lake = await lakeOf(server, `${dir.path}/local`);
    const made = await lake.create("duo_auth", TABLE);
    expect(made.location).toBe(`${scheme}${dir.path}/ware house/matano/duo_auth`);
    const first = await append(made, [row(1), row(2)]);
    const wider = await lake.evolve(first.table, [...SMALL_COLUMNS, { name: "added", type: "long" }]);
    const { table } = await append(wider, [row(3)]);
    expect(await numbers(table)).toEqual([1, 2, 3]);
    expect(await numbers((await lake.load("duo_auth")) as LakeTable)).toEqual([1, 2, 3]);
    const [file] = await table.files();
    expect(file?.path.startsWith(`${made.location}/data/`)).toBe(true);
    // Neither the warehouse of the configuration nor any metadata file is ours.
    expect(await readdir(dir.path)).toEqual(["local", "ware house"]);
    const names = await readdir(`${dir.path}/ware house/matano/duo_auth/metadata`);
    expect(names.filter((name) => /version-hint|^v\d/.test(name))).toEqual([]);
    await lake.probe();
  });

  test("maintenance leaves the server's metadata files alone, however old, and keeps every row", async () => {
    await using dir = await tempDir();
    await using server = await startRestServer({ root: `file://${dir.path}/w`, writesMetadata: true });
    const lake = await lakeOf(server, `${dir.path}/local`);
    let table = await lake.create("duo_auth", TABLE);
    for (const n of [1, 1, 1, 1, 2]) table = (await append(table, [row(n)])).table;
    const folder = `${dir.path}/w/matano/duo_auth/metadata`;
    const before = (await readdir(folder)).filter((name) => name.endsWith(".metadata.json"));
    await lake.maintain("duo_auth");
    const after = await readdir(folder);
    expect(before.filter((name) => !after.includes(name))).toEqual([]);
    expect(await numbers((await lake.load("duo_auth")) as LakeTable)).toEqual([1, 1, 1, 1, 2]);
  });

  test.each(["", '{"format-version":2,"tab'])(
    "maintenance goes on where the server died over a metadata file: %s",
    async (half) => {
      await using dir = await tempDir();
      await using server = await startRestServer({ root: `file://${dir.path}/w`, writesMetadata: true });
      const lake = await lakeOf(server, `${dir.path}/local`);
      const { table } = await append(await lake.create("duo_auth", TABLE), [row(1)]);
      const folder = `${dir.path}/w/matano/duo_auth/metadata`;
      // Only where an old file may belong to nobody is it asked what all metadata files name.
      const orphan = `${dir.path}/w/matano/duo_auth/data/orphan.parquet`;
      await leaveOld(orphan);
      await writeFile(`${folder}/00009-half.metadata.json`, half);
      expect((await lake.maintain("duo_auth"))?.orphans.paths).toHaveLength(1);
      expect(await readdir(folder)).toContain("00009-half.metadata.json");
      expect(await numbers((await lake.load("duo_auth")) as LakeTable)).toEqual([1]);
      // One that the table's log names was whole once, and nobody knows what it named.
      const [logged] = server.tables.load("matano", "duo_auth").metadata["metadata-log"];
      await writeFile(`${folder}/${basename(logged?.["metadata-file"] ?? "")}`, half);
      await leaveOld(orphan);
      await expect(lake.maintain("duo_auth")).rejects.toMatchObject({ code: "lake_metadata_invalid" });
      expect(await numbers(table)).toEqual([1]);
    },
  );

  test("takes the keys that the server gives for a table, and new ones when they run out", async () => {
    await using dir = await tempDir();
    await using s3 = await startS3Server();
    for (const name of ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE", "AWS_REGION"])
      vi.stubEnv(name, undefined);
    let lifeMs = 3_600_000;
    await using server = await startRestServer({
      root: "s3://bucket/w",
      access: () => ({
        config: { "s3.endpoint": s3.url, "client.region": "eu-central-1", "s3.access-key-id": "not this" },
        "storage-credentials": [
          { prefix: "s3://elsewhere", config: { "s3.access-key-id": "nor", "s3.secret-access-key": "this" } },
          {
            prefix: "s3://bucket/w/matano",
            config: {
              "s3.access-key-id": "AKIDTEST",
              "s3.secret-access-key": "secret",
              "s3.session-token": "session",
              "s3.session-token-expires-at-ms": String(Date.now() + lifeMs),
            },
          },
        ],
      }),
    });
    const lake = await lakeOf(server, dir.path);
    const loads = (): number => server.ledger.filter(({ operation }) => operation === "loadTable").length;
    const made = await lake.create("duo_auth", TABLE);
    const { table } = await append(made, [row(1)]);
    expect(loads()).toBe(0);
    expect(s3.ledger.every(({ status }) => status < 300)).toBe(true);
    expect(s3.buckets.keys("bucket").every((key) => key.startsWith("w/matano/duo_auth/"))).toBe(true);
    // These are about to run out, so they are asked for anew with the next use.
    lifeMs = 60_000;
    const reloaded = (await (await lakeOf(server, dir.path)).load("duo_auth")) as LakeTable;
    const from = loads();
    expect(await numbers(reloaded)).toEqual([1]);
    expect(loads()).toBeGreaterThan(from);
    expect(await numbers(table)).toEqual([1]);
  });

  test("where the server gives no keys, those of the AWS chain are taken", async () => {
    await using dir = await tempDir();
    await using s3 = await startS3Server();
    for (const [name, value] of Object.entries(s3.env)) vi.stubEnv(name, value);
    await using server = await startRestServer({ root: "s3://bucket/w" });
    const lake = await lakeOf(server, dir.path);
    const { table } = await append(await lake.create("duo_auth", TABLE), [row(1)]);
    expect(await numbers(table)).toEqual([1]);
  });

  test("the signer and the SDK are loaded by nobody who does not need them", () => {
    const script = fileURLToPath(new URL("../support/without-sdk.ts", import.meta.url));
    const run = spawnSync(process.execPath, ["--import", "tsx", script, "rest"], { encoding: "utf8" });
    expect(run.stderr).toBe("");
    expect(run.stdout).toBe("no SDK\nno SDK\n");
  });
});
