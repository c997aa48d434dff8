import { isIP } from "node:net";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { isIpv4, isIpv6, isUnspecified } from "../../src/ecs/is-ip.ts";

test("isIpv4 and isIpv6 agree with Node on addresses", () => {
  fc.assert(
    fc.property(fc.oneof(fc.ipV4(), fc.ipV4Extended(), fc.ipV6()), (text) => {
      expect([isIpv4(text), isIpv6(text)]).toEqual([isIP(text) === 4, isIP(text) === 6]);
    }),
    { numRuns: 500 },
  );
});

test("isIpv4 and isIpv6 agree with Node on texts made of an address's characters", () => {
  const group = fc.constantFrom("", "0", "1", "ffff", "00001", "255", "256", "01", "1.2.3.4", "1.2.3", "g");
  const text = fc.oneof(
    fc.array(group, { maxLength: 10 }).map((groups) => groups.join(":")),
    fc.array(group, { maxLength: 5 }).map((groups) => groups.join(".")),
  );
  fc.assert(
    fc.property(text, (value) => {
      expect([value, isIpv4(value), isIpv6(value)]).toEqual([value, isIP(value) === 4, isIP(value) === 6]);
    }),
    { numRuns: 3000 },
  );
});

test.each(["0.0.0.0", "::", "::0", "0:0:0:0:0:0:0:0", "::0.0.0.0", "::%eth0"])(
  "isUnspecified(%j)",
  (text) => {
    expect(isUnspecified(text)).toBe(true);
  },
);

test.each(["0.0.0.1", "::1", "1::", "10.0.0.0", "::ffff:0.0.0.0"])("isUnspecified(%j) is false", (text) => {
  expect(isUnspecified(text)).toBe(false);
});
