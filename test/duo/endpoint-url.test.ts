import { expect, test } from "vitest";
import { endpointUrl } from "../../src/duo/endpoint-url.ts";

test.each([
  ["http://127.0.0.1:8787", "http://127.0.0.1:8787"],
  ["http://127.0.0.1:8787/", "http://127.0.0.1:8787"],
  ["http://127.1.2.3", "http://127.1.2.3"],
  ["http://localhost:1", "http://localhost:1"],
  ["http://LOCALHOST:1", "http://localhost:1"],
  ["http://[::1]:8787", "http://[::1]:8787"],
  ["https://duo.example.org", "https://duo.example.org"],
  ["https://duo.example.org:8443/through/here//", "https://duo.example.org:8443/through/here"],
])("endpointUrl takes %s", (text, expected) => {
  expect(endpointUrl(text)).toBe(expected);
});

test.each([
  ["http://duo.example.org", "loopback"],
  ["http://10.0.0.1:8787", "loopback"],
  ["http://0.0.0.0", "loopback"],
  ["http://[::]", "loopback"],
  ["http://127.0.0.1.example.org", "loopback"],
  ["http://localhost.example.org", "loopback"],
  ["http://[::ffff:10.0.0.1]", "loopback"],
  ["ftp://127.0.0.1", "an http or https URL"],
  ["127.0.0.1:8787", "an http or https URL"],
  ["api-eac94d5a.duosecurity.com", "an http or https URL"],
  ["", "an http or https URL"],
  ["https://", "an http or https URL"],
  ["https://duo.example.org?x=1", "more than that"],
  ["https://duo.example.org/#x", "more than that"],
  ["https://duo.example.org?", "more than that"],
])("endpointUrl refuses %j", (text, reason) => {
  expect(() => endpointUrl(text)).toThrow(
    expect.objectContaining({ code: "usage_invalid", message: expect.stringContaining(reason) }),
  );
});

test.each([
  "https://user:hunter2@duo.example.org",
  "http://hunter2@127.0.0.1",
  "ftp://user:hunter2@duo.example.org",
  "https:user:hunter2@",
  "user:hunter2@duo.example.org",
])("endpointUrl refuses credentials without repeating them: %s", (text) => {
  expect(() => endpointUrl(text)).toThrow(
    expect.objectContaining({ code: "usage_invalid", message: expect.not.stringContaining("hunter2") }),
  );
});
