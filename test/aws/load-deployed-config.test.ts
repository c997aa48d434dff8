import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { CloudStore } from "../../src/secrets/cloud-secret-store.ts";
import { deployedConfigLoader } from "../../src/aws/load-deployed-config.ts";
import { loadDirectory } from "../../src/cli/load-context.ts";
import { configurationDocument } from "../../src/deploy/configuration-document.ts";

const DUO =
  "name: duo\nmanaged:\n  type: DUO\n  properties:\n    api_hostname: api-eac94d5a.duosecurity.com\n    integration_key: DI62OFKPBEXHLW1DOB8A\n";

describe("deployedConfigLoader", () => {
  let root: string;
  let temporaryFolder: string;
  let objects: Map<string, Uint8Array>;
  let reads: string[];
  let isDown: boolean;

  const put = (bytes: Uint8Array): string => {
    const key = `config/${createHash("sha256").update(bytes).digest("hex")}.json`;
    objects.set(`s3://code/${key}`, bytes);
    return key;
  };
  const putText = (text: string): string => put(new TextEncoder().encode(text));
  const deployed = (configKey: string, secretStore: CloudStore = "aws") => ({
    secretStore,
    label: "main",
    configBucket: "code",
    configKey,
    warehouse: "s3://lake/lake",
    database: "logs",
  });
  const loader = () =>
    deployedConfigLoader({
      store: {
        read: (path) => {
          reads.push(path);
          const bytes = objects.get(path);
          return isDown || bytes === undefined
            ? Promise.reject(new Error("no answer"))
            : Promise.resolve(bytes);
        },
      },
      load: loadDirectory,
      temporaryFolder,
    });

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "duolake-deployed-"));
    temporaryFolder = join(root, "tmp");
    objects = new Map();
    reads = [];
    isDown = false;
    await mkdir(join(root, "dir/log_sources/duo/tables"), { recursive: true });
    await mkdir(temporaryFolder);
    await writeFile(join(root, "dir/matano.config.yml"), "lake: {database: other}\n");
    await writeFile(join(root, "dir/log_sources/duo/log_source.yml"), DUO);
    await writeFile(join(root, "dir/log_sources/duo/tables/auth.yml"), "name: auth\n");
  });

  afterEach(() => rm(root, { recursive: true, force: true }));

  test("gives what was deployed, with the lake and the secrets of the deployment", async () => {
    const local = await loadDirectory(join(root, "dir"));
    const config = await loader()(deployed(put((await configurationDocument(local)).bytes)));
    expect(config.logSources).toEqual(local.logSources);
    expect(config.pull).toEqual(local.pull);
    expect(config.lake).toEqual({
      warehouse: "s3://lake/lake",
      database: "logs",
      catalog: { type: "glue" },
    });
    expect(config.secrets).toEqual({ store: "aws", label: "main" });
  });

  test("downloads once per key, and again where the key is another", async () => {
    const load = loader();
    const first = putText(JSON.stringify({ version: 1, files: { "log_sources/a/log_source.yml": DUO } }));
    const second = putText(JSON.stringify({ version: 1, files: { "log_sources/b/log_source.yml": DUO } }));
    await Promise.all([load(deployed(first)), load(deployed(first))]);
    await load(deployed(first));
    await load(deployed(second));
    expect(reads).toEqual([`s3://code/${first}`, `s3://code/${second}`]);
  });

  test("has its secrets where the deployment says", async () => {
    const local = await loadDirectory(join(root, "dir"));
    const key = put((await configurationDocument(local)).bytes);
    expect((await loader()(deployed(key, "ssm"))).secrets).toEqual({ store: "ssm", label: "main" });
  });

  test("tries again after a failure", async () => {
    const load = loader();
    const key = putText(JSON.stringify({ version: 1, files: { "log_sources/a/log_source.yml": DUO } }));
    isDown = true;
    await expect(load(deployed(key))).rejects.toThrow("no answer");
    isDown = false;
    expect((await load(deployed(key))).logSources.map(({ name }) => name)).toEqual(["duo"]);
  });

  test("leaves nothing behind where the directory does not validate", async () => {
    const key = putText(
      JSON.stringify({ version: 1, files: { "log_sources/a/log_source.yml": "name: 1\nx: [" } }),
    );
    await expect(loader()(deployed(key))).rejects.toMatchObject({ code: "config_invalid" });
    expect(await readdir(temporaryFolder)).toEqual([]);
  });

  test.each([
    ["no JSON", "{"],
    ["no object", "[]"],
    ["another version", '{"version":2,"files":{}}'],
    ["no files", '{"version":1}'],
    ["a text that is none", '{"version":1,"files":{"a.yml":1}}'],
    ["a way out", '{"version":1,"files":{"../a.yml":""}}'],
    ["a way out further down", '{"version":1,"files":{"a/../../b.yml":""}}'],
    ["an absolute path", '{"version":1,"files":{"/a.yml":""}}'],
  ])("refuses a document with %s", async (_what, text) => {
    await expect(loader()(deployed(putText(text)))).rejects.toMatchObject({ code: "config_invalid" });
    expect(await readdir(temporaryFolder)).toEqual([]);
  });

  test("refuses bytes that are not those of the name", async () => {
    const key = putText('{"version":1,"files":{}}');
    objects.set(`s3://code/${key}`, new TextEncoder().encode('{"version":1,"files":{} }'));
    await expect(loader()(deployed(key))).rejects.toMatchObject({ code: "config_invalid" });
  });
});
