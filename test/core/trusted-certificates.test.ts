import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as tls from "node:tls";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { trustedCertificates } from "../../src/core/trusted-certificates.ts";

// From Node 22.15 on, Node itself asks the operating system.
describe.skipIf("getCACertificates" in tls)("trustedCertificates", () => {
  let folder: string;
  const pathOf = (name: string): string => join(folder, name);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "duolake-certificates-"));
    await writeFile(pathOf("system.pem"), "SYSTEM");
    await writeFile(pathOf("extra.pem"), "EXTRA");
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  test("adds the system's bundle to Node's own list", async () => {
    const certificates = await trustedCertificates({ SSL_CERT_FILE: pathOf("system.pem") });
    expect(certificates).toEqual([...tls.rootCertificates, "SYSTEM"]);
  });

  test("gives NODE_EXTRA_CA_CERTS again, for a list of our own replaces Node's", async () => {
    const env = { SSL_CERT_FILE: pathOf("system.pem"), NODE_EXTRA_CA_CERTS: pathOf("extra.pem") };
    expect((await trustedCertificates(env))?.slice(-2)).toEqual(["SYSTEM", "EXTRA"]);
  });

  test("goes on without an extra file that is not there", async () => {
    const env = { SSL_CERT_FILE: pathOf("system.pem"), NODE_EXTRA_CA_CERTS: pathOf("none.pem") };
    expect((await trustedCertificates(env))?.at(-1)).toBe("SYSTEM");
  });

  test("leaves it to Node where there is no bundle", async () => {
    expect(await trustedCertificates({ SSL_CERT_FILE: pathOf("none.pem") })).toBeUndefined();
  });

  test("takes an empty SSL_CERT_FILE for none: the places of the distributions are searched", async () => {
    expect(await trustedCertificates({ SSL_CERT_FILE: "" })).toEqual(await trustedCertificates({}));
  });
});
