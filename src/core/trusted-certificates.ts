import { readFile } from "node:fs/promises";
import * as tls from "node:tls";

// Where Debian, RHEL, Alpine, SUSE and BSD keep the bundle of trusted certificates.
const SYSTEM_BUNDLES = [
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/tls/certs/ca-bundle.crt",
  "/etc/ssl/cert.pem",
  "/etc/ssl/ca-bundle.pem",
  "/usr/local/etc/ssl/cert.pem",
];

/**
 * Gives the certificates that the operating system trusts, added to Node's own, so that a company's TLS-inspecting
 * proxy works and a new certificate authority of Duo's needs no update of this program.
 *
 * Node 20 has no option for that which a program can set by itself; `NODE_EXTRA_CA_CERTS` is honoured besides.
 *
 * @returns PEM texts, or undefined where no bundle was found (Node's own list then holds)
 */
export async function trustedCertificates(
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<string[] | undefined> {
  // Node >= 22.15 can ask the operating system itself, on macOS and Windows too; the types are Node 20's.
  const { getCACertificates } = tls as { getCACertificates?: (from: "default" | "system") => string[] };
  if (getCACertificates !== undefined)
    return [...getCACertificates("default"), ...getCACertificates("system")];
  const { SSL_CERT_FILE: bundle = "", NODE_EXTRA_CA_CERTS: extraBundle = "" } = env;
  const found = await firstReadable(bundle === "" ? SYSTEM_BUNDLES : [bundle]);
  const extra = extraBundle === "" ? undefined : await firstReadable([extraBundle]);
  // Setting `ca` replaces Node's list and NODE_EXTRA_CA_CERTS alike, so both are given again.
  return found === undefined
    ? undefined
    : [...tls.rootCertificates, found, ...(extra === undefined ? [] : [extra])];
}

async function firstReadable(paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) {
    const text = await readFile(path, "utf8").catch(() => undefined);
    if (text !== undefined) return text;
  }
  return undefined;
}
