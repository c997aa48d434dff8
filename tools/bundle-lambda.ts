import { statSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { bundleLambda } from "./lambda/bundle.ts";
import { zipOf } from "./lambda/zip.ts";

// Makes infra/lambda.zip, the code of the functions that `duolake deploy` uploads.

const SIZE_BYTES_MAX = 50_000_000;

const root = fileURLToPath(new URL("..", import.meta.url));
const files = await bundleLambda(root);
const target = `${root}infra/lambda.zip`;
writeFileSync(target, zipOf(files));

const sizeBytes = statSync(target).size;
const own = [...files].filter(([name]) => !name.startsWith("node_modules/"));
const total = (some: Iterable<readonly [string, Uint8Array]>): number =>
  [...some].reduce((sum, [, bytes]) => sum + bytes.length, 0);
for (const [name, bytes] of own.filter(([, content]) => content.length > 20_000))
  console.log(`${megabytes(bytes.length).padStart(8)}  ${name}`);
console.log(`${megabytes(total(own)).padStart(8)}  JavaScript in ${own.length} files`);
console.log(`${megabytes(total(files)).padStart(8)}  unpacked, DuckDB included`);
console.log(`${megabytes(sizeBytes).padStart(8)}  infra/lambda.zip`);
if (sizeBytes >= SIZE_BYTES_MAX) {
  throw new Error(`Cannot use the bundle: its zip must stay below 50 MB, got ${sizeBytes} bytes`);
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(2)} MB`;
}
