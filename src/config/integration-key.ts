// Printable ASCII without blank and colon: the key is the user part of HTTP Basic authentication.
export const INTEGRATION_KEY_PATTERN: RegExp = /^[!-9;-~]{1,64}$/;

/** Says what is unusual about an integration key that may be used all the same; never quotes it. */
export function integrationKeyDoubt(key: string): string | undefined {
  if (/^DI[A-Z0-9]{18}$/.test(key)) return undefined;
  if (/^[A-Za-z0-9]{40}$/.test(key)) {
    return (
      "looks like a secret key (40 characters); an integration key is DI and 18 letters or digits. " +
      "If it is the secret key, replace it in Duo and store the new one with `duolake secret set`"
    );
  }
  return "does not look like an integration key: DI and 18 upper-case letters or digits";
}
