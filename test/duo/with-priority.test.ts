import { expect, test } from "vitest";
import type { DuoClient, GetOptions } from "../../src/duo/client.ts";
import { withPriority } from "../../src/duo/with-priority.ts";
import { answeringClient } from "./support/scripted-duo.ts";

test("withPriority gives every request its priority and leaves the rest as it is", async () => {
  const given: GetOptions[] = [];
  const inner = answeringClient((params) => params["limit"] ?? null);
  const client: DuoClient = {
    ...inner,
    get: (path, params, options) => {
      given.push(options);
      return inner.get(path, params, options);
    },
  };
  const { signal } = new AbortController();
  const backfill = withPriority(client, "backfill");
  const answer = await backfill.get("/x", [["limit", "7"]], { permission: "p", signal });
  await withPriority(client, "reread").get("/x", [], { permission: "p", priority: "live" });
  expect(answer.response).toBe("7");
  expect(given).toEqual([
    { permission: "p", signal, priority: "backfill" },
    { permission: "p", priority: "reread" },
  ]);
  expect(backfill.apiHostname).toBe(client.apiHostname);
  expect(backfill.serverClock).toBe(client.serverClock);
});
