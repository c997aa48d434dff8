import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { DuolakeError, errorText, systemCode } from "../core/errors.ts";

/** The CloudFormation template that ships with the program. */
export interface Template {
  /** JSON without blanks. */
  readonly body: string;
  readonly sha256: string;
  /** Names of its parameters. */
  readonly parameters: readonly string[];
  /** Logical ids of what stays when the stack is removed. */
  readonly retained: readonly string[];
}

/** A larger one CloudFormation takes from a bucket only. */
export const TEMPLATE_BODY_BYTES_MAX = 51_200;

interface Document {
  readonly Parameters?: object;
  readonly Resources?: Readonly<Record<string, { readonly DeletionPolicy?: string }>>;
}

/**
 * Reads the template.
 *
 * @throws package_missing where the file is not there or is no template
 */
export async function readTemplate(path: string): Promise<Template> {
  try {
    const value = JSON.parse(await readFile(path, "utf8")) as Document;
    const body = JSON.stringify(value);
    return {
      body,
      sha256: createHash("sha256").update(body).digest("hex"),
      parameters: Object.keys(value.Parameters ?? {}),
      retained: Object.entries(value.Resources ?? {}).flatMap(([id, { DeletionPolicy = "" }]) =>
        DeletionPolicy.startsWith("Retain") ? [id] : [],
      ),
    };
  } catch (error) {
    const reason =
      systemCode(error) === "ENOENT" ? "the file is not there; install duolake anew" : errorText(error);
    throw new DuolakeError("package_missing", `Cannot read the template ${path}: ${reason}`, {
      cause: error,
    });
  }
}
