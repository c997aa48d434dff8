import { createRequire } from "node:module";
import type { CatalogChoice } from "../../../src/lake/open-catalog.ts";
import { openLake } from "../../../src/lake/open-lake.ts";
import { loadConfig } from "../../../src/config/load.ts";
import { createApp } from "../../../src/app.ts";
import { instantClock } from "./memory-table.ts";

// Run as a process of its own: says whether the AWS SDK was loaded, before the first request to S3, or to Glue, and after it.
const require = createRequire(import.meta.url);
const isLoaded = (): string =>
  Object.keys(require.cache).some((path) => path.includes("@aws-sdk")) ? "SDK\n" : "no SDK\n";
if (typeof createApp !== "function" || typeof loadConfig !== "function")
  throw new Error("the program is not there");
const nowhere = {
  endpoint: "http://127.0.0.1:1",
  region: "eu-central-1",
  credentials: { accessKeyId: "a", secretAccessKey: "b" },
};
function catalogOf(type: string | undefined): CatalogChoice {
  if (type === "rest") return { type, uri: nowhere.endpoint };
  return { type: type === "glue" ? "glue" : "folder" };
}
const lake = await openLake({
  warehouse: "s3://bucket/lake",
  database: "matano",
  catalog: catalogOf(process.argv[2]),
  clock: instantClock(),
  s3: nowhere,
  glue: nowhere,
});
process.stdout.write(isLoaded());
await lake.list().catch(() => {});
process.stdout.write(isLoaded());
