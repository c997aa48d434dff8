import { expect, test } from "vitest";
import { mentions } from "../../src/query/mentions.ts";

const suffixes = ["_latest"];

test.each([
  ["SELECT * FROM duo_auth", true],
  ['FROM "DUO_AUTH" LIMIT 1', true],
  ["FROM duo_auth_eu, duo_auth", true],
  ["FROM duo_auth_latest", true],
  ["FROM duo_auth_eu", false],
  ["FROM my_duo_auth", false],
  ["FROM duo_auth_latest_of_all", false],
  ["SHOW TABLES", false],
])("mentions finds the table duo_auth or its view in %j: %s", (sql, isThere) => {
  expect(mentions(sql, "duo_auth", { suffixes })).toBe(isThere);
});

test("mentions takes a view for the table only where it is told to", () => {
  expect(mentions("FROM duo_auth_latest", "duo_auth")).toBe(false);
});
