import { describe, expect, test } from "vitest";
import type { HttpRequest } from "../../src/core/http.ts";
import { createDuoClient, type DuoClient } from "../../src/duo/client.ts";
import type { Priority } from "../../src/duo/priority.ts";
import { createRequestBudget, type RequestBudget } from "../../src/duo/request-budget.ts";
import { createImpatientClock } from "../core/support/fake-clock.ts";
import { fail, ok, PATH, scriptedClient, SECRET_KEY } from "./support/scripted-duo.ts";

const ACCOUNT_ID = "DA9VZOC5X63I2W72NRP9";
const PARAMS = [
  ["mintime", "1715587200000"],
  ["maxtime", "1715592480000"],
  ["limit", "1000"],
  ["sort", "ts:asc"],
] as const;

function clientOf(accountId?: string): {
  readonly client: DuoClient;
  readonly requests: readonly HttpRequest[];
} {
  const clock = createImpatientClock(Date.UTC(2024, 4, 13, 9, 30));
  const requests: HttpRequest[] = [];
  const client = createDuoClient({
    apiHostname: "API-1a2b3c4d.DuoSecurity.com",
    integrationKey: "DIABCDEFGHIJKLMNOPQR",
    secretKey: async () => SECRET_KEY,
    http: async (request) => {
      requests.push(request);
      return ok();
    },
    clock,
    budget: createRequestBudget({ clock, holdMs: 60_000 }),
    accountId,
  });
  return { client, requests };
}

function sentSignature(request: HttpRequest | undefined): string {
  const credentials = request?.headers["Authorization"]?.slice("Basic ".length) ?? "";
  return Buffer.from(credentials, "base64").toString().split(":")[1] ?? "";
}

describe("client.get for a child account", () => {
  test("sends and signs the account's id with every request, as Duo's own client does", async () => {
    const { client, requests } = clientOf(ACCOUNT_ID);
    await client.get(PATH, PARAMS, { permission: "Grant read log" });
    await client.get("/admin/v1/info/summary", [], { permission: "Grant read information" });
    expect(requests.map(({ url }) => new URL(url).searchParams.get("account_id"))).toEqual([
      ACCOUNT_ID,
      ACCOUNT_ID,
    ]);
    // Test vector of duo_client_python for this very request.
    expect(sentSignature(requests[0])).toBe(
      "525c112204b4d71449a388ccf158e703f257a973bd52ebe58418e794bc7ccb85" +
        "fae9b2cc5bd6ccf46db098b4e17fb32f88a11703e16ae9af24958096eac10f3a",
    );
  });

  test("sends none without one", async () => {
    const { client, requests } = clientOf();
    await client.get(PATH, PARAMS, { permission: "Grant read log" });
    expect(requests[0]?.url).not.toContain("account_id");
    expect(sentSignature(requests[0])).toMatch(/^4754f04d0bdd4df0410f125fae11c07e/);
  });
});

describe("client.get with a priority", () => {
  /** What the budget is asked for by the tries of one call. */
  async function asked(priority?: Priority): Promise<unknown[]> {
    const clock = createImpatientClock();
    const inner = createRequestBudget({ clock, holdMs: 60_000 });
    const seen: unknown[] = [];
    const budget: RequestBudget = {
      ...inner,
      acquire: (path, options) => {
        seen.push(options?.priority);
        return inner.acquire(path, options);
      },
    };
    const { client } = scriptedClient([fail(50000), fail(42901), ok()], { clock, budget });
    await client.get(PATH, [], { permission: "Grant read log", priority });
    return seen;
  }

  test("asks for every try's slot with it, and is live without one", async () => {
    expect(await asked("backfill")).toEqual(["backfill", "backfill", "backfill"]);
    expect(await asked()).toEqual(["live", "live", "live"]);
  });

  test("waits for a long Retry-After where it is not urgent, and announces the wait", async () => {
    const waits: number[] = [];
    const limited = { ...fail(42901), headers: { "retry-after": "7200" } };
    const { client, clock, requests } = scriptedClient([limited, ok()], {
      observer: { onWait: (_path, delayMs) => waits.push(delayMs) },
    });
    await client.get(PATH, [], { permission: "Grant read log", priority: "reread" });
    expect(requests).toHaveLength(2);
    expect(clock.elapsedMs()).toBe(7_200_000);
    expect(waits).toEqual([7_200_000]);
  });
});
