import { readFileSync } from "node:fs";
import { findPackageFile } from "./package-file.ts";

/** This package's version. */
export const VERSION: string = (
  JSON.parse(readFileSync(findPackageFile("package.json"), "utf8")) as { version: string }
).version;
