import { DuolakeError } from "../core/errors.ts";
import { isLoopback } from "../core/is-loopback.ts";

/**
 * Refuses to send credentials in clear text: plain http is for loopback addresses only.
 *
 * @param text an http or https URL; a path stays in front of Duo's
 * @returns the URL without a slash at its end
 * @throws usage_invalid
 */
export function endpointUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const what = "Cannot use DUOLAKE_DUO_ENDPOINT_URL";
  // Checked first and never quoted: what stands before an @ may be a password.
  if (text.includes("@") || text.includes("?") || text.includes("#")) {
    throw new DuolakeError(
      "usage_invalid",
      `${what}: it must be scheme, host, port and path only, got more than that`,
    );
  }
  if (url === undefined || (url.protocol !== "http:" && url.protocol !== "https:")) {
    throw new DuolakeError(
      "usage_invalid",
      `${what}: an http or https URL is needed, got ${JSON.stringify(text)}`,
    );
  }
  if (url.protocol === "http:" && !isLoopback(url.hostname)) {
    throw new DuolakeError(
      "usage_invalid",
      `${what}: plain http is accepted for loopback addresses only, got ${JSON.stringify(text)}; use https`,
    );
  }
  return url.origin + url.pathname.replace(/\/+$/, "");
}
