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
      `Cannot deploy: the code of the functions is missing, got nothing at ${path}; the published package has it, in a clone of the repository \`npm run bundle:lambda\` makes it`,
    );
  }
}
