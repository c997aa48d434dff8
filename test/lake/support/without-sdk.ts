import { createRequire } from "node:module";
import { openLake } from "../../../src/lake/open-lake.ts";
import { loadConfig } from "../../../src/config/load.ts";
import { createApp } from "../../../src/app.ts";
import { instantClock } from "./memory-table.ts";

// Run as a process of its own: says whether the AWS SDK was loaded, before the first request to S3 and after it.
const require = createRequire(import.meta.url);
const isLoaded = (): string =>
  Object.keys(require.cache).some((path) => path.includes("@aws-sdk")) ? "SDK\n" : "no SDK\n";
if (typeof createApp !== "function" || typeof loadConfig !== "function")
  throw new Error("the program is not there");
const lake = await openLake({
  warehouse: "s3://bucket/lake",
  database: "matano",
  catalog: { type: "folder" },
  clock: instantClock(),
  s3: {
    endpoint: "http://127.0.0.1:1",
    region: "eu-central-1",
    credentials: { accessKeyId: "a", secretAccessKey: "b" },
  },
});
process.stdout.write(isLoaded());
await lake.list().catch(() => {});
process.stdout.write(isLoaded());
