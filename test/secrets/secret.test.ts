import { format, inspect } from "node:util";

import { expect, test } from "vitest";

import { Secret } from "../../src/secrets/secret.ts";

test("Secret shows its text to reveal and to nobody else", () => {
  const secret = new Secret("top-secret");
  expect(secret.reveal()).toBe("top-secret");
  const shown = [
    String(secret),
    secret.toString(),
    JSON.stringify({ secret }),
    inspect(secret),
    inspect({ deep: { secret } }, { showHidden: true, depth: 9 }),
    format("%s %o %j %O", secret, secret, secret, secret),
    JSON.stringify(Object.entries(secret)),
    JSON.stringify(structuredClone({ secret })),
  ].join("\n");
  expect(shown).not.toContain("top-secret");
  expect(shown).toContain("***");
});
