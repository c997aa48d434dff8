import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { DuolakeError, systemCode } from "../core/errors.ts";

/** The code of the Lambda functions, one zip for all. */
export interface FunctionCode {
  readonly bytes: Uint8Array;
  readonly sha256: string;
}

/**
 * Reads the zip that the program ships with.
 *
 * @throws package_missing where there is none
 */
export async function readFunctionCode(path: string): Promise<FunctionCode> {
  try {
    const bytes = await readFile(path);
    return { bytes, sha256: createHash("sha256").update(bytes).digest("hex") };
  } catch (error) {
    if (systemCode(error) !== "ENOENT") throw error;
    throw new DuolakeError(
      "package_missing",
      `Cannot deploy: this version comes without the code of the functions, got nothing at ${path}; what they would run in stands in infra/template.json and docs/aws.md`,
    );
  }
}
