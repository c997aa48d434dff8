import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";

const HANDLERS = ["puller", "dispatcher", "maintainer"];
/** DuckDB's native part cannot be bundled, and the functions run on one platform only. */
const DUCKDB_PACKAGES = ["@duckdb/node-api", "@duckdb/node-bindings", "@duckdb/node-bindings-linux-x64"];
const DUCKDB_FILES = /(?:^package\.json|^LICENSE|\.js|\.node|\.so)$/;

/**
 * Bundles the functions' code, with everything it needs but Node itself.
 *
 * @param root the project's folder, with a slash at its end
 * @returns the content of each file by its path in the zip: the same for the same sources
 * @throws where the DuckDB of linux-x64 is not installed: `npm ci --os=linux --cpu=x64` on another platform
 */
export async function bundleLambda(root: string): Promise<ReadonlyMap<string, Uint8Array>> {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: HANDLERS.map((name) => ({ in: `src/aws/${name}-handler.ts`, out: name })),
    outdir: "out",
    outExtension: { ".js": ".mjs" },
    bundle: true,
    // A file for each function: split ones would import packages of the older module format at run time without their names.
    splitting: false,
    minify: true,
    // Stack traces in the logs name what they mean.
    keepNames: true,
    write: false,
    format: "esm",
    platform: "node",
    // The newer module format where a package has both: what is not used is left out, and imports at run time find names.
    mainFields: ["module", "main"],
    target: "node22",
    external: DUCKDB_PACKAGES.flatMap((name) => [name, `${name}/*`]),
    // Packages of the older module format ask for Node's own modules by `require`.
    banner: {
      js: 'import{createRequire as duolakeRequire}from"node:module";const require=duolakeRequire(import.meta.url);',
    },
    logLevel: "warning",
  });
  const files = new Map<string, Uint8Array>();
  for (const { path, contents } of outputFiles) files.set(path.slice(`${root}out/`.length), contents);
  for (const name of DUCKDB_PACKAGES) await addPackage(files, root, `node_modules/${name}`);
  return files;
}

async function addPackage(files: Map<string, Uint8Array>, root: string, folder: string): Promise<void> {
  const names = await readdir(join(root, folder), { recursive: true });
  for (const name of names.filter((one) => DUCKDB_FILES.test(one)))
    files.set(`${folder}/${name}`, await readFile(join(root, folder, name)));
}
