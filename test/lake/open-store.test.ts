import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, test, vi } from "vitest";
import { systemClock } from "../../src/core/clock.ts";
import type { Lake } from "../../src/lake/lake.ts";
import { openLake } from "../../src/lake/open-lake.ts";
import { openStore } from "../../src/lake/open-store.ts";
import { readColumn } from "../../src/lake/read-column.ts";
import { type S3Server, startS3Server } from "../support/s3-server.ts";
import { SMALL_COLUMNS } from "./support/columns.ts";
import { tempDir } from "./support/temp-dir.ts";
import { append, CURSOR } from "./support/test-lake.ts";

const columns = SMALL_COLUMNS;
const properties = { [CURSOR]: "0" };

function s3Lake(server: S3Server, localFolder: string): Promise<Lake> {
  return openLake({
    warehouse: "s3://bucket/lake/",
    database: "matano",
    catalog: { type: "folder" },
    clock: systemClock,
    localFolder,
    s3: server.client,
  });
}

afterEach(() => {
  vi.unstubAllEnvs();
});

describe("openStore", () => {
  const options = { database: "d", clock: systemClock };

  test("openStore makes a folder absolute and its temporary files lie beside its tables", () => {
    const opened = openStore({ ...options, warehouse: "/lake/" });
    expect(opened).toMatchObject({ warehouse: "/lake", spoolRoot: "/lake/d/.spool", isRemote: false });
    expect(opened.store.lease).toBeUndefined();
  });

  test.each([
    ["s3://bucket/a/b//", "s3://bucket/a/b"],
    ["s3://bucket", "s3://bucket"],
    ["S3://bucket/a", "s3://bucket/a"],
  ])("openStore takes %s for %s, with temporary files on this machine", (warehouse, root) => {
    const opened = openStore({ ...options, warehouse, localFolder: "/here" });
    expect(opened).toMatchObject({ warehouse: root, spoolRoot: "/here/spool", isRemote: true });
    expect(opened.store.lease).toBeDefined();
  });

  test("openStore refuses any other place", () => {
    expect(() => openStore({ ...options, warehouse: "hdfs://a/b" })).toThrow(
      expect.objectContaining({ code: "config_invalid" }),
    );
  });

  test("openStore says that there are no credentials, where there are none", async () => {
    await using server = await startS3Server();
    await using home = await tempDir();
    for (const name of ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE", "AWS_SESSION_TOKEN"]) {
      vi.stubEnv(name, undefined);
    }
    vi.stubEnv("AWS_EC2_METADATA_DISABLED", "true");
    vi.stubEnv("AWS_SHARED_CREDENTIALS_FILE", `${home.path}/none`);
    vi.stubEnv("AWS_CONFIG_FILE", `${home.path}/none`);
    const env = { AWS_ENDPOINT_URL: server.url };
    const { store } = openStore({
      ...options,
      warehouse: "s3://bucket/a",
      env,
      s3: { region: "eu-central-1" },
    });
    await expect(store.read("s3://bucket/a/b")).rejects.toMatchObject({
      code: "lake_unwritable",
      message: expect.stringContaining("no AWS credentials were found"),
    });
    expect(server.ledger).toEqual([]);
  });

  test("openStore says that the region is missing, where it is", async () => {
    await using server = await startS3Server();
    await using home = await tempDir();
    for (const name of ["AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"]) vi.stubEnv(name, undefined);
    vi.stubEnv("AWS_CONFIG_FILE", `${home.path}/none`);
    const { endpoint = "", credentials } = server.client;
    const s3 = { endpoint, ...(credentials !== undefined && { credentials }) };
    const { store } = openStore({ ...options, warehouse: "s3://bucket/a", env: {}, s3 });
    await expect(store.read("s3://bucket/a/b")).rejects.toMatchObject({
      code: "lake_unwritable",
      message: expect.stringContaining("set AWS_REGION"),
    });
  });
});

describe("openLake on S3", () => {
  test("a table is made, filled and read, and every path in it is a URI", async () => {
    await using dir = await tempDir();
    await using server = await startS3Server();
    const lake = await s3Lake(server, dir.path);
    expect(await lake.list()).toEqual([]);
    await lake.probe();
    expect(server.buckets.keys("bucket")).toEqual([]);
    const made = await lake.create("duo_auth", { columns, properties });
    expect(made.location).toBe("s3://bucket/lake/matano/duo_auth");
    const { table } = await append(made, [
      { ts: "2024-01-01T00:00:00Z", event: { hash: "a" } },
      { ts: "2024-01-02T00:00:00Z", event: { hash: "b" } },
    ]);
    expect(table.metadataLocation).toBe("s3://bucket/lake/matano/duo_auth/metadata/v2.metadata.json");
    const files = await table.files();
    const keys = server.buckets.keys("bucket").map((key) => `s3://bucket/${key}`);
    for (const { path, sizeBytes } of files) {
      expect(keys).toContain(path);
      expect(server.buckets.bytes("bucket", path.replace("s3://bucket/", ""))?.length).toBe(sizeBytes);
    }
    const other = await s3Lake(server, `${dir.path}/other`);
    expect(await other.list()).toEqual(["duo_auth"]);
    const again = await other.load("duo_auth");
    const values: string[] = [];
    if (again === undefined) throw new Error("the table is not there");
    for await (const rows of readColumn(again, { path: ["event", "hash"], fromUs: 0 })) {
      values.push(...rows.map(({ value }) => value));
    }
    expect(values.sort()).toEqual(["a", "b"]);
  });

  test("table.discard takes away what was not committed", async () => {
    await using dir = await tempDir();
    await using server = await startS3Server();
    const table = await (await s3Lake(server, dir.path)).create("t", { columns, properties });
    const writer = table.writer();
    writer.add({ ts: "2024-01-01T00:00:00Z" });
    const { files } = await writer.finish();
    const data = (): string[] => server.buckets.keys("bucket").filter((key) => key.includes("/data/"));
    expect(data()).toHaveLength(1);
    await table.discard(files);
    expect(data()).toEqual([]);
  });

  test("a store that ignores If-None-Match is refused by the probe and by the first table", async () => {
    await using dir = await tempDir();
    await using server = await startS3Server({ ignoresConditions: true });
    const lake = await s3Lake(server, dir.path);
    const refusal = {
      code: "lake_unwritable",
      message: expect.stringContaining("If-None-Match"),
      retryable: false,
    };
    await expect(lake.probe()).rejects.toMatchObject(refusal);
    await expect(lake.create("t", { columns, properties })).rejects.toMatchObject(refusal);
    await expect(lake.create("t", { columns, properties })).rejects.toMatchObject(refusal);
    expect(server.buckets.keys("bucket")).toEqual([]);
  });

  test("a store that ignores If-None-Match is refused by the first commit to a lake that was copied to it", async () => {
    await using dir = await tempDir();
    await using honest = await startS3Server();
    await using careless = await startS3Server({ ignoresConditions: true });
    await (await s3Lake(honest, dir.path)).create("t", { columns, properties });
    for (const key of honest.buckets.keys("bucket")) {
      careless.buckets.set("bucket", key, honest.buckets.bytes("bucket", key)?.toString() ?? "");
    }
    const before = careless.buckets.keys("bucket");
    const table = await (await s3Lake(careless, dir.path)).load("t");
    if (table === undefined) throw new Error("Cannot test: the table is not there");
    const writer = table.writer();
    writer.add({ ts: "2024-01-01T00:00:00Z" });
    const { files } = await writer.finish();
    const change = { setProperties: { [CURSOR]: "1" }, compareAndSet: { key: CURSOR, from: "0", to: "1" } };
    await expect(table.commit({ files, ...change })).rejects.toMatchObject({
      code: "lake_unwritable",
      message: expect.stringContaining("If-None-Match"),
    });
    await table.discard(files);
    expect(careless.buckets.keys("bucket")).toEqual(before);
  });

  test("the store is probed once by a process that commits, and not by one that only reads", async () => {
    await using dir = await tempDir();
    await using server = await startS3Server();
    const made = await (await s3Lake(server, dir.path)).create("t", { columns, properties });
    const { table } = await append(made, [{ ts: "2024-01-01T00:00:00Z" }]);
    await append(table, [{ ts: "2024-01-01T01:00:00Z" }]);
    const probes = (): number =>
      server.ledger.filter(({ operation, key }) => operation === "PutObject" && key.includes("/.probe-"))
        .length;
    expect(probes()).toBe(2);
    const reader = await s3Lake(server, dir.path);
    await (await reader.load("t"))?.files();
    expect(probes()).toBe(2);
  });

  test("a store that does not know If-None-Match at all is refused too", async () => {
    await using dir = await tempDir();
    await using server = await startS3Server({
      fault: ({ operation }) =>
        operation === "PutObject"
          ? { kind: "error", status: 501, code: "NotImplemented", when: "before" }
          : undefined,
    });
    const lake = await s3Lake(server, dir.path);
    await expect(lake.probe()).rejects.toMatchObject({
      code: "lake_unwritable",
      message: expect.stringContaining("does not support"),
    });
  });

  test("a bucket that is not there fails every step with its name", async () => {
    await using dir = await tempDir();
    await using server = await startS3Server({ buckets: ["another"] });
    const lake = await s3Lake(server, dir.path);
    const refusal = {
      code: "lake_unwritable",
      message: expect.stringContaining("there is no such bucket, got bucket"),
    };
    await expect(lake.list()).rejects.toMatchObject(refusal);
    await expect(lake.load("t")).rejects.toMatchObject(refusal);
    await expect(lake.probe()).rejects.toMatchObject(refusal);
  });

  test("what is refused says which permission is missing", async () => {
    await using dir = await tempDir();
    await using server = await startS3Server({
      fault: ({ operation }) =>
        operation === "PutObject"
          ? { kind: "error", status: 403, code: "AccessDenied", when: "before" }
          : undefined,
    });
    const lake = await s3Lake(server, dir.path);
    await expect(lake.probe()).rejects.toMatchObject({
      code: "lake_unwritable",
      message: expect.stringMatching(
        /^Cannot write to s3:\/\/bucket\/lake: permission is denied, got .*s3:PutObject/,
      ),
    });
  });

  test("the SDK is loaded only where a request is sent", () => {
    const script = fileURLToPath(new URL("support/without-sdk.ts", import.meta.url));
    const run = spawnSync(process.execPath, ["--import", "tsx", script], { encoding: "utf8" });
    expect(run.stderr).toBe("");
    expect(run.stdout).toBe("no SDK\nSDK\n");
  });

  test("a commit takes the requests that docs/s3.md says", async () => {
    await using dir = await tempDir();
    await using server = await startS3Server();
    const made = await (await s3Lake(server, dir.path)).create("t", { columns, properties });
    const { table } = await append(made, [{ ts: "2024-01-01T00:00:00Z" }]);
    const before = server.ledger.length;
    await append(table, [{ ts: "2024-01-01T01:00:00Z" }]);
    const counts: Record<string, number> = {};
    for (const { operation } of server.ledger.slice(before)) counts[operation] = (counts[operation] ?? 0) + 1;
    expect(counts).toEqual({ PutObject: 5, GetObject: 2, HeadObject: 4 });
  });
});
