import * as fc from "fast-check";
import type { Json } from "../../src/core/json.ts";

/** Values that break careless code: each has been a way for a mapping to throw, lie or misfit. */
const HOSTILE: readonly Json[] = [
  null,
  "",
  " ",
  "-",
  "unknown",
  "NULL",
  "n/a",
  "none",
  true,
  false,
  "TRUE",
  "0",
  "1",
  0,
  -0,
  1,
  -1,
  1.5,
  65_535,
  65_536,
  2 ** 31,
  1e300,
  Infinity,
  2n ** 63n,
  -(2n ** 63n),
  2n ** 70n,
  "0.0.0.0",
  "::",
  "[::]:1",
  "203.0.113.9:70000",
  "203.0.113.9:443",
  "[2001:db8::1]:99999999999999999999",
  "2001:db8::5 port 51000",
  "2001:db8::5p1",
  "fe80::1%eth0",
  "host.example",
  "1.2.3.4.5",
  "a b",
  "\u{0}",
  "\ud800",
  "x\udfff",
  '{"a":"\\ud800"}',
  "\u{1F600}",
  "é",
  "\\ud800",
  "{}",
  "[]",
  '{"email":"e@x"}',
  '{"a":',
  '{"ip_address":"203.0.113.5:80"}',
  "[".repeat(5000),
  "[1,[null]]",
  1_714_564_800,
  "1714564800.5",
  1_714_564_800_123,
  "2024-05-01T12:00:00+00:00",
  "2024-02-30T00:00:00Z",
  "admin_login_error",
  "user_update",
  "group_delete",
  "DU1",
  "DG1",
  "user",
  "group",
  "success",
  "SUCCESS",
  {},
  [],
  [[]],
  [null],
  [""],
  ["a", null, { name: "b" }],
  { address: "203.0.113.7" },
  { address: {} },
  ...([{ name: "x", key: "DU1" }, { result: "FAILURE" }, [{ security_agent: 1 }]] as Json[]),
  Object.fromEntries([["__proto__", { name: "x" }]]),
  { constructor: 1, toString: "x", hasOwnProperty: null, valueOf: [] },
  { name: { first: "a" }, key: ["k"], details: { email: { a: 1 } } },
];

/** Any JSON, hostile values more often than chance would have it. */
export function anyJson(): fc.Arbitrary<Json> {
  return fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...HOSTILE) },
    { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 4, stringUnit: "binary" }) as fc.Arbitrary<Json> },
  );
}

/** One of the given events, with some of its values at any depth replaced. */
export function mutated(events: readonly Json[]): fc.Arbitrary<Json> {
  const replacement = fc.record({ at: fc.nat(60), value: anyJson() });
  return fc
    .tuple(fc.constantFrom(...events), fc.array(replacement, { maxLength: 4 }))
    .map(([event, replacements]) =>
      replacements.reduce<Json>((result, { at, value }) => replaceNth(result, { left: at }, value), event),
    );
}

/** Replaces the value that is met as number `left`, counting objects, arrays and what they hold. */
function replaceNth(value: Json, counter: { left: number }, by: Json): Json {
  counter.left -= 1;
  if (counter.left < 0) return counter.left === -1 ? by : value;
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return (value as readonly Json[]).map((item) => replaceNth(item, counter, by));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, replaceNth(item, counter, by)]));
}
