import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundleLambda } from "../lambda/bundle.ts";
import { zipOf } from "../lambda/zip.ts";
import { put } from "./put.ts";

/** The functions' code as Lambda unpacks it. */
export interface Code extends AsyncDisposable {
  readonly folder: string;
  readonly zipBytes: number;
  readonly unpackedBytes: number;
  /** Without the packages that cannot be bundled. */
  readonly javaScriptBytes: number;
}

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** Bundles the functions as `deploy` finds them, and unpacks them into a temporary folder. */
export async function openCode(): Promise<Code> {
  const folder = await mkdtemp(join(tmpdir(), "duolake-code-"));
  const files = await bundleLambda(ROOT);
  for (const [name, bytes] of files) await put(join(folder, name), bytes);
  const total = (some: readonly (readonly [string, Uint8Array])[]): number =>
    some.reduce((sum, [, content]) => sum + content.length, 0);
  return {
    folder,
    zipBytes: zipOf(files).length,
    unpackedBytes: total([...files]),
    javaScriptBytes: total([...files].filter(([name]) => !name.startsWith("node_modules/"))),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
