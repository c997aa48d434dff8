import { secretProblem } from "./check-secret.ts";
import { Secret } from "./secret.ts";
import { SECRET_PLACEHOLDER } from "./store.ts";

/** What a stored document holds; `problem` says why it cannot be used and never quotes it. */
export type SecretDocument = { readonly found: Secret | "placeholder" } | { readonly problem: string };

/** Writes the document of a secret, `{"secret_key":"…"}`, as Matano's secrets are; members of an earlier one stay. */
export function secretDocument(secret: string, before = ""): string {
  return JSON.stringify({ ...objectOf(before), secret_key: secret });
}

/** Reads a stored document; an empty key counts as a placeholder. */
export function readSecretDocument(text: string): SecretDocument {
  const value = objectOf(text)?.["secret_key"];
  if (typeof value !== "string") return { problem: 'it is damaged: {"secret_key":"…"} should stand there' };
  const secret = value.trim();
  if (secret === "" || secret === SECRET_PLACEHOLDER) return { found: "placeholder" };
  const problem = secretProblem(secret);
  if (problem !== undefined) return { problem: `its secret_key cannot be used: ${problem}` };
  return { found: new Secret(secret) };
}

function objectOf(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : undefined;
  } catch {
    // The parser's message would quote the document.
    return undefined;
  }
}
