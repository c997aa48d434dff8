import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import {
  authorization,
  canonicalParams,
  rfc2822Date,
  signature,
  type SignatureScheme,
} from "../../src/duo/sign.ts";

interface Vector {
  name: string;
  date: string;
  method: "GET" | "POST";
  host: string;
  path: string;
  params: [string, string][];
  body?: string;
  headers?: Record<string, string>;
  integrationKey: string;
  canonicalParams?: string;
  authorization_legacy_sha1?: string;
  v5?: string;
  legacy_sha1?: string;
  legacy_sha512?: string;
}

const file = new URL("../fixtures/duo-signatures.json", import.meta.url);
const { secretKey, vectors } = JSON.parse(readFileSync(file, "utf8")) as {
  secretKey: string;
  vectors: Vector[];
};

const signatures = vectors.flatMap((vector) =>
  (["v5", "legacy_sha512", "legacy_sha1"] as SignatureScheme[])
    .filter((scheme) => vector[scheme] !== undefined)
    .map((scheme) => Object.assign({}, vector, { scheme, expected: vector[scheme] })),
);

test.each(signatures)("signature of $name under $scheme", ({ expected, ...request }) => {
  expect(signature(request, secretKey)).toBe(expected);
});

test.each(vectors.filter((vector) => vector.canonicalParams))("canonicalParams of $name", (vector) => {
  expect(canonicalParams(vector.params)).toBe(vector.canonicalParams);
});

test.each(vectors.filter((vector) => vector.authorization_legacy_sha1))(
  "authorization of $name",
  (vector) => {
    const request = { ...vector, scheme: "legacy_sha1" as const };
    expect(authorization(request, vector.integrationKey, secretKey)).toBe(vector.authorization_legacy_sha1);
  },
);

test("canonicalParams sorts by encoded key whatever order the parameters come in", () => {
  expect(
    canonicalParams([
      ["b", "2"],
      ["a", "1"],
    ]),
  ).toBe("a=1&b=2");
  expect(canonicalParams([])).toBe("");
});

test("rfc2822Date is English and ends in -0000", () => {
  expect(rfc2822Date(Date.UTC(2012, 7, 21, 17, 29, 18))).toBe("Tue, 21 Aug 2012 17:29:18 -0000");
  expect(rfc2822Date(Date.UTC(2024, 4, 3, 9, 30, 0))).toBe("Fri, 03 May 2024 09:30:00 -0000");
});
