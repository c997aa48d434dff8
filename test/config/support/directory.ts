import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** Files to write, by path; a path that ends in `/` is an empty folder. */
export type Files = Readonly<Record<string, string | Uint8Array>>;

/** A Matano directory for one test; removed with `await using`. */
export interface TestDirectory extends AsyncDisposable {
  readonly dir: string;
}

/** Writes the files into a new folder. */
export async function testDirectory(files: Files): Promise<TestDirectory> {
  const dir = await mkdtemp(join(tmpdir(), "duolake-config-"));
  for (const [path, content] of Object.entries(files)) {
    const target = join(dir, path);
    if (path.endsWith("/")) await mkdir(target, { recursive: true });
    else {
      await mkdir(dirname(target), { recursive: true });
      await writeFile(target, content);
    }
  }
  return { dir, [Symbol.asyncDispose]: () => rm(dir, { recursive: true, force: true }) };
}

/** A log source that is right, for tests that break something else. */
export const GOOD_SOURCE = `name: duo
managed:
  type: DUO
  properties:
    api_hostname: api-eac94d5a.duosecurity.com
    integration_key: DI62OFKPBEXHLW1DOB8A
`;
