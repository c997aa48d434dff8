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
 * @throws package_missing where it was not made, saying what makes it
 */
export async function readFunctionCode(path: string): Promise<FunctionCode> {
  try {
    const bytes = await readFile(path);
    return { bytes, sha256: createHash("sha256").update(bytes).digest("hex") };
  } catch (error) {
    if (systemCode(error) !== "ENOENT") throw error;
    throw new DuolakeError(
      "package_missing",
      `Cannot deploy: the code of the functions is not there, got ${path}; in a checkout \`npm run bundle:lambda\` makes it`,
    );
  }
}
