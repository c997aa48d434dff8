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

/** A directory whose one log source lies in a folder of another name. */
function documentOf(folder: string): string {
  const sources = [{ name: "duo", folder, tables: [] }];
  return JSON.stringify({ version: 2, sources, files: { [`log_sources/${folder}/log_source.yml`]: DUO } });
}

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
    const { sources, load } = await loader()(deployed(put((await configurationDocument(local)).bytes)));
    const config = await load();
    expect(sources).toEqual([{ name: "duo", folder: "duo", tables: ["auth"] }]);
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
    const first = putText(documentOf("a"));
    const second = putText(documentOf("b"));
    await Promise.all([load(deployed(first)), load(deployed(first))]);
    await load(deployed(first));
    await load(deployed(second));
    expect(reads).toEqual([`s3://code/${first}`, `s3://code/${second}`]);
  });

  test("has its secrets where the deployment says", async () => {
    const local = await loadDirectory(join(root, "dir"));
    const key = put((await configurationDocument(local)).bytes);
    const { load } = await loader()(deployed(key, "ssm"));
    expect((await load([])).secrets).toEqual({ store: "ssm", label: "main" });
  });

  test("unpacks the log sources that are asked for, whatever their folders are called, and only those", async () => {
    for (const name of ["b", "c"]) {
      await mkdir(join(root, `dir/log_sources/folder-${name}/tables`), { recursive: true });
      await writeFile(
        join(root, `dir/log_sources/folder-${name}/log_source.yml`),
        DUO.replace("name: duo", `name: duo_${name}`),
      );
      await writeFile(join(root, `dir/log_sources/folder-${name}/tables/admin.yml`), "name: admin\n");
    }
    const local = await loadDirectory(join(root, "dir"));
    const { load } = await loader()(deployed(put((await configurationDocument(local)).bytes)));
    const config = await load(["duo_c", "gone"]);
    expect(config.logSources).toEqual(local.logSources.filter(({ name }) => name === "duo_c"));
    expect(await readdir(join(config.dir, "log_sources"))).toEqual(["folder-c"]);
    expect((await load([])).logSources).toEqual([]);
    expect(reads).toHaveLength(1);
  });

  test("tries again after a failure", async () => {
    const load = loader();
    const key = putText(documentOf("a"));
    isDown = true;
    await expect(load(deployed(key))).rejects.toThrow("no answer");
    isDown = false;
    expect((await load(deployed(key))).sources.map(({ name }) => name)).toEqual(["duo"]);
  });

  test("leaves nothing behind where the directory does not validate", async () => {
    const key = putText(
      JSON.stringify({ version: 2, sources: [], files: { "log_sources/a/log_source.yml": "name: 1\nx: [" } }),
    );
    const { load } = await loader()(deployed(key));
    await expect(load()).rejects.toMatchObject({ code: "config_invalid" });
    expect(await readdir(temporaryFolder)).toEqual([]);
  });

  test.each([
    ["no JSON", "{"],
    ["no object", "[]"],
    ["another version", '{"version":1,"sources":[],"files":{}}'],
    ["no files", '{"version":2,"sources":[]}'],
    ["a text that is none", '{"version":2,"sources":[],"files":{"a.yml":1}}'],
    ["a way out", '{"version":2,"sources":[],"files":{"../a.yml":""}}'],
    ["a way out further down", '{"version":2,"sources":[],"files":{"a/../../b.yml":""}}'],
    ["an absolute path", '{"version":2,"sources":[],"files":{"/a.yml":""}}'],
    ["no list of log sources", '{"version":2,"files":{}}'],
    ["log sources that are none", '{"version":2,"sources":[{"name":"a"}],"files":{}}'],
    ["tables that are none", '{"version":2,"sources":[{"name":"a","folder":"a","tables":[1]}],"files":{}}'],
  ])("refuses a document with %s", async (_what, text) => {
    await expect(loader()(deployed(putText(text)))).rejects.toMatchObject({ code: "config_invalid" });
    expect(await readdir(temporaryFolder)).toEqual([]);
  });

  test("refuses bytes that are not those of the name", async () => {
    const key = putText('{"version":2,"sources":[],"files":{}}');
    objects.set(`s3://code/${key}`, new TextEncoder().encode('{"version":2,"sources":[],"files":{} }'));
    await expect(loader()(deployed(key))).rejects.toMatchObject({ code: "config_invalid" });
  });
});
