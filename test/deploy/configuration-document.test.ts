import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { loadDirectory } from "../../src/cli/load-context.ts";
import { configurationDocument } from "../../src/deploy/configuration-document.ts";

const DUO =
  "name: duo\nmanaged:\n  type: DUO\n  properties:\n    api_hostname: api-eac94d5a.duosecurity.com\n    integration_key: DI62OFKPBEXHLW1DOB8A\n";

describe("configurationDocument", () => {
  let dir: string;
  const write = async (path: string, text: string): Promise<void> => {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), text);
  };
  const document = async (): ReturnType<typeof configurationDocument> =>
    configurationDocument(await loadDirectory(dir));
  const filesOf = async (): Promise<Record<string, string>> => {
    const value = JSON.parse(new TextDecoder().decode((await document()).bytes)) as {
      readonly version: number;
      readonly files: Record<string, string>;
    };
    expect(value.version).toBe(2);
    return value.files;
  };

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), "duolake-document-"));
    await write("log_sources/b/log_source.yml", DUO);
    await write("log_sources/b/tables/auth.yml", "");
    await write("log_sources/b/tables/admin.yml", "name: admin\n");
  });

  afterEach(() => rm(dir, { recursive: true, force: true }));

  test("holds the files that count, sorted, and nothing else", async () => {
    await write("matano.config.yml", "lake: {database: logs}\n");
    await write(".duolake/secrets/duo.json", '{"secret_key":"x"}');
    await write("README.md", "x");
    await write("log_sources/b/notes.txt", "x");
    await write("log_sources/b/tables/.auth.yml.swp", "x");
    await write("log_sources/okta/log_source.yml", "name: okta\nmanaged:\n  type: OKTA\n");
    await write("log_sources/okta/tables/x.yml", "name: x\n");
    const files = await filesOf();
    expect(Object.keys(files)).toEqual([
      "log_sources/b/log_source.yml",
      "log_sources/b/tables/admin.yml",
      "log_sources/b/tables/auth.yml",
      "matano.config.yml",
    ]);
    expect(files["log_sources/b/log_source.yml"]).toBe(DUO);
  });

  test("unpacked, loads as the directory does", async () => {
    await write("matano.config.yml", "pull: {interval: 10m}\n");
    const before = await loadDirectory(dir);
    const files = await filesOf();
    await rm(dir, { recursive: true });
    for (const [path, text] of Object.entries(files)) await write(path, text);
    expect(await loadDirectory(dir)).toEqual(before);
  });

  test("is the same for the same files, whenever they were written, and is called by its hash", async () => {
    const { bytes, sha256 } = await document();
    expect(sha256).toBe(createHash("sha256").update(bytes).digest("hex"));
    await utimes(join(dir, "log_sources/b/log_source.yml"), 1, 1);
    await write("other.txt", "x");
    expect((await document()).sha256).toBe(sha256);
    await write("log_sources/b/tables/telephony.yml", "");
    expect((await document()).sha256).not.toBe(sha256);
  });
});
