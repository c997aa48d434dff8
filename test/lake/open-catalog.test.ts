import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { Lake } from "../../src/lake/lake.ts";
import { openCatalog } from "../../src/lake/open-catalog.ts";
import { openLake } from "../../src/lake/open-lake.ts";
import { memoryStore } from "../../src/lake/store/memory.ts";
import { type GlueServer, startGlueServer } from "../support/glue-server.ts";
import { startS3Server } from "../support/s3-server.ts";
import { SMALL_COLUMNS } from "./support/columns.ts";
import { instantClock } from "./support/memory-table.ts";
import { tempDir } from "./support/temp-dir.ts";
import { append, CURSOR } from "./support/test-lake.ts";

const options = { store: memoryStore(), database: "matano", clock: instantClock() };
const table = { columns: SMALL_COLUMNS, properties: { [CURSOR]: "0" } };

function glueLake(server: GlueServer, catalog: { region?: string; catalogId?: string } = {}): Promise<Lake> {
  return openLake({
    ...options,
    warehouse: "/w",
    store: memoryStore(),
    catalog: { type: "glue", ...catalog },
    glue: server.client,
  });
}

function refuse(server: GlueServer, operation: string, word: string, text: string): void {
  server.setFault((request) =>
    request.operation === operation ? { kind: "error", status: 400, word, text, when: "before" } : undefined,
  );
}

afterEach(() => {
  vi.unstubAllEnvs();
});

describe("openCatalog", () => {
  test("the folder's commits rest on the store, Glue's do not", () => {
    const folder = openCatalog({ ...options, warehouse: "/w", choice: { type: "folder" } });
    expect(folder.isStoreTheLock).toBe(true);
    const glue = openCatalog({ ...options, warehouse: "s3://b/w/", choice: { type: "glue" }, env: {} });
    expect(glue.isStoreTheLock).toBe(false);
    expect(glue.catalog.locationOf("t")).toBe("s3://b/w/matano/t");
  });

  test("Glue over a folder is refused, unless it is another service than Amazon's", () => {
    const glue = { ...options, warehouse: "/lake", choice: { type: "glue" } } as const;
    expect(() => openCatalog({ ...glue, env: {} })).toThrow(
      expect.objectContaining({
        code: "config_invalid",
        message: expect.stringContaining(
          "needs a warehouse on S3, so that every engine finds the files, got /lake",
        ),
      }),
    );
    for (const name of ["AWS_ENDPOINT_URL_GLUE", "AWS_ENDPOINT_URL"]) {
      expect(openCatalog({ ...glue, env: { [name]: "http://127.0.0.1:1" } }).isStoreTheLock).toBe(false);
    }
  });
});

describe("openLake with Glue", () => {
  test("a table is made, found and loaded, and its columns are in Glue after they were added", async () => {
    await using server = await startGlueServer();
    const lake = await glueLake(server, { catalogId: "123456789012" });
    expect(await lake.load("duo_auth")).toBeUndefined();
    const made = await lake.create("duo_auth", table);
    expect(await lake.create("duo_auth", table)).toMatchObject({ metadataLocation: made.metadataLocation });
    const wider = await lake.evolve(made, [...SMALL_COLUMNS, { name: "added", type: "long" }]);
    expect(await lake.list()).toEqual(["duo_auth"]);
    expect((await lake.load("duo_auth"))?.metadataLocation).toBe(wider.metadataLocation);
    const columns = server.tables.table("matano", "duo_auth")?.StorageDescriptor?.Columns ?? [];
    expect(columns.at(-1)).toMatchObject({ Name: "added", Type: "bigint" });
    expect(new Set(server.ledger.map(({ catalogId }) => catalogId))).toEqual(new Set(["123456789012"]));
    await lake.probe();
  });

  test.each([
    ["GetTable", "glue:GetTable", (lake: Lake) => lake.load("t")],
    ["GetTables", "glue:GetTables", (lake: Lake) => lake.list()],
    ["GetTables", "glue:GetTables", (lake: Lake) => lake.probe()],
    ["CreateDatabase", "glue:CreateDatabase", (lake: Lake) => lake.create("t", table)],
    ["CreateTable", "glue:CreateTable", (lake: Lake) => lake.create("t", table)],
    [
      "UpdateTable",
      "glue:UpdateTable",
      async (lake: Lake) => (await lake.create("t", table)).commit({ setProperties: { a: "b" } }),
    ],
  ] as const)("where %s is denied the error names the permission %s", async (operation, action, work) => {
    await using server = await startGlueServer();
    refuse(server, operation, "AccessDeniedException", "User: x is not authorized");
    await expect(work(await glueLake(server))).rejects.toMatchObject({
      code: "lake_unwritable",
      retryable: false,
      message: expect.stringMatching(new RegExp(`permission is denied, got EACCES: ${action} of matano`)),
    });
  });

  test("where Lake Formation denies, the error says what to grant", async () => {
    await using server = await startGlueServer();
    refuse(
      server,
      "GetTable",
      "AccessDeniedException",
      "Insufficient Lake Formation permission(s) on t: Required Describe",
    );
    await expect((await glueLake(server)).load("t")).rejects.toMatchObject({
      code: "lake_unwritable",
      retryable: false,
      message: expect.stringMatching(/Lake Formation does not allow glue:GetTable, got .*; grant this role/),
    });
  });

  test.each([
    [
      "UnrecognizedClientException",
      "The security token included in the request is invalid.",
      /permission is denied/,
    ],
    [
      "ExpiredTokenException",
      "The security token included in the request is expired",
      /permission is denied/,
    ],
    [
      "InvalidSignatureException",
      "Signature expired: 20260101T000000Z is now earlier than",
      /clock is wrong/,
    ],
    [
      "GlueEncryptionException",
      "KMS key is disabled",
      /it refused glue:GetTable of matano.t: GlueEncr.*disabled/,
    ],
  ])("%s is no matter of trying again", async (word, text, message) => {
    await using server = await startGlueServer();
    refuse(server, "GetTable", word, text);
    await expect((await glueLake(server)).load("t")).rejects.toMatchObject({
      code: "lake_unwritable",
      retryable: false,
      message: expect.stringMatching(message),
    });
    expect(server.ledger).toHaveLength(1);
  });

  test("what Glue cannot do for the moment may be tried again", async () => {
    await using server = await startGlueServer();
    refuse(server, "GetTable", "ThrottlingException", "Rate exceeded");
    await expect((await glueLake(server)).load("t")).rejects.toMatchObject({
      code: "lake_unwritable",
      retryable: true,
      message: expect.stringContaining("glue:GetTable of matano.t: ThrottlingException, Rate exceeded"),
    });
  });

  test("a table of which nobody can say whether it was made may be tried again, and is made once", async () => {
    await using server = await startGlueServer();
    server.setFault(({ operation }) =>
      operation === "CreateTable" ? { kind: "hang up", when: "before" } : undefined,
    );
    const lake = await glueLake(server);
    await expect(lake.create("t", table)).rejects.toMatchObject({
      code: "lake_unwritable",
      retryable: true,
      message: expect.stringContaining("does not say whether it was made, got socket hang up"),
    });
    server.setFault(undefined);
    const made = await lake.create("t", table);
    expect((await lake.load("t"))?.metadataLocation).toBe(made.metadataLocation);
  });

  test("where the region or the credentials are missing, the error says what to set", async () => {
    await using server = await startGlueServer();
    await using home = await tempDir();
    for (const name of ["AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE", "AWS_ACCESS_KEY_ID"])
      vi.stubEnv(name, undefined);
    for (const name of ["AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"]) vi.stubEnv(name, undefined);
    vi.stubEnv("AWS_EC2_METADATA_DISABLED", "true");
    vi.stubEnv("AWS_SHARED_CREDENTIALS_FILE", `${home.path}/none`);
    vi.stubEnv("AWS_CONFIG_FILE", `${home.path}/none`);
    const { endpoint = "", region = "", credentials } = server.client;
    const lost = { ...options, warehouse: "/w", catalog: { type: "glue" } } as const;
    const noRegion = await openLake({ ...lost, glue: { endpoint, ...(credentials && { credentials }) } });
    await expect(noRegion.load("t")).rejects.toMatchObject({
      code: "lake_unwritable",
      message: expect.stringContaining("set lake.catalog.region or AWS_REGION"),
    });
    const noKeys = await openLake({ ...lost, catalog: { type: "glue", region }, glue: { endpoint } });
    await expect(noKeys.load("t")).rejects.toMatchObject({
      code: "lake_unwritable",
      message: expect.stringContaining("no AWS credentials were found"),
    });
    expect(server.ledger).toEqual([]);
  });

  test("where the package is missing, the error says what to install", async () => {
    const lake = await openLake({
      ...options,
      warehouse: "s3://b/w",
      catalog: { type: "glue" },
      glue: { loadPackage: () => Promise.reject(new Error("Cannot find package")) },
    });
    await expect(lake.list()).rejects.toMatchObject({
      code: "package_missing",
      message: expect.stringContaining("npm install @aws-sdk/client-glue"),
    });
  });

  test("a commit takes the requests that docs/glue.md says", async () => {
    await using dir = await tempDir();
    await using s3 = await startS3Server();
    await using server = await startGlueServer();
    const lake = await openLake({
      warehouse: "s3://bucket/lake",
      database: "matano",
      catalog: { type: "glue" },
      clock: instantClock(),
      localFolder: dir.path,
      s3: s3.client,
      glue: server.client,
    });
    const { table: first } = await append(await lake.create("t", table), [{ ts: "2024-01-01T00:00:00Z" }]);
    const before = { s3: s3.ledger.length, glue: server.ledger.length };
    const { table: second } = await append(first, [{ ts: "2024-01-01T01:00:00Z" }]);
    const counts: Record<string, number> = {};
    const asked = [...s3.ledger.slice(before.s3), ...server.ledger.slice(before.glue)];
    for (const { operation } of asked) counts[operation] = (counts[operation] ?? 0) + 1;
    expect(counts).toEqual({ PutObject: 4, GetObject: 1, GetTable: 1, UpdateTable: 1 });
    const polled = { s3: s3.ledger.length, glue: server.ledger.length };
    expect(await second.reload()).toBe(second);
    expect(s3.ledger.slice(polled.s3)).toEqual([]);
    expect(server.ledger.slice(polled.glue)).toHaveLength(1);
  });

  test("the SDK is loaded only where a request is sent", () => {
    const script = fileURLToPath(new URL("support/without-sdk.ts", import.meta.url));
    const run = spawnSync(process.execPath, ["--import", "tsx", script, "glue"], { encoding: "utf8" });
    expect(run.stderr).toBe("");
    expect(run.stdout).toBe("no SDK\nSDK\n");
  });
});
