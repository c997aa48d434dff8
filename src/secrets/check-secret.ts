import { DuolakeError } from "../core/errors.ts";
import { Secret } from "./secret.ts";
import { SECRET_PLACEHOLDER } from "./store.ts";

const lengthMax = 256;
const PRINTABLE = /^[!-~]+$/;

/** Says why a text cannot be a secret key; undefined when it can. Never quotes the text. */
export function secretProblem(text: string): string | undefined {
  if (text === "") return "it is empty";
  if (text === SECRET_PLACEHOLDER) return "it is the placeholder";
  if (text.length > lengthMax) return `it has more than ${lengthMax} characters`;
  return PRINTABLE.test(text) ? undefined : "it holds a blank or a character that is not printable ASCII";
}

/** Gives the secret without blanks around it; throws `usage_invalid` where it cannot be a secret key. */
export function checkSecret(source: string, value: Secret): Secret {
  const text = value.reveal().trim();
  const problem = secretProblem(text);
  if (problem === undefined) return new Secret(text);
  throw new DuolakeError("usage_invalid", `Cannot store the secret key of ${source}: ${problem}`);
}

/** Throws `usage_invalid` for a name that no log source can have: names become file names. */
export function checkSourceName(source: string): void {
  if (/^[a-z0-9_]{1,64}$/.test(source)) return;
  const text = JSON.stringify(source.slice(0, 80));
  throw new DuolakeError(
    "usage_invalid",
    `Cannot name a log source ${text}: only a-z, 0-9 and _ are allowed`,
  );
}
