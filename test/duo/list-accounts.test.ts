import { describe, expect, test } from "vitest";
import { apiHostnameProblem } from "../../src/config/api-hostname.ts";
import type { DuolakeError } from "../../src/core/errors.ts";
import type { HttpRequest, HttpResponse } from "../../src/core/http.ts";
import type { Json } from "../../src/core/json.ts";
import { type ChildAccount, listAccounts } from "../../src/duo/list-accounts.ts";
import { createRequestBudget } from "../../src/duo/request-budget.ts";
import { createImpatientClock } from "../core/support/fake-clock.ts";
import { fail, ok, reply, SECRET_KEY } from "./support/scripted-duo.ts";

const PARENT = "API-1a2b3c4d.DuoSecurity.com";
const ID = "DA9VZOC5X63I2W72NRP9";

function child(accountId: unknown, more: Record<string, Json> = {}): Json {
  const entry = { account_id: accountId, api_hostname: "api-aaaaaaaa.duosecurity.com", name: "A" };
  return { ...entry, ...more } as Json;
}

/** Lists with a transport that answers by a script; the last answer is repeated. */
async function list(
  answers: readonly (HttpResponse | Error)[],
  signal?: AbortSignal,
): Promise<{
  readonly accounts: readonly ChildAccount[] | undefined;
  readonly error: DuolakeError | undefined;
  readonly leftOut: readonly DuolakeError[];
  readonly requests: readonly HttpRequest[];
}> {
  const clock = createImpatientClock(Date.UTC(2024, 4, 13, 9, 30));
  const requests: HttpRequest[] = [];
  const leftOut: DuolakeError[] = [];
  const common = { leftOut, requests };
  try {
    const accounts = await listAccounts({
      apiHostname: PARENT,
      integrationKey: "DIABCDEFGHIJKLMNOPQR",
      secretKey: async () => SECRET_KEY,
      http: async (request) => {
        const answer = answers[Math.min(requests.length, answers.length - 1)] as HttpResponse | Error;
        requests.push(request);
        if (answer instanceof Error) throw answer;
        return answer;
      },
      clock,
      budget: createRequestBudget({ clock, holdMs: 60_000 }),
      random: () => 0.5,
      apiHostnameProblem,
      onLeftOut: (error) => leftOut.push(error),
      signal,
    });
    return { ...common, accounts, error: undefined };
  } catch (error) {
    return { ...common, accounts: undefined, error: error as DuolakeError };
  }
}

describe("listAccounts", () => {
  test("sends one POST with an empty JSON object, signed as Duo's own client signs it", async () => {
    const { requests } = await list([ok([])]);
    expect(requests).toHaveLength(1);
    const [request] = requests;
    expect(request).toMatchObject({
      method: "POST",
      url: `https://${PARENT}/accounts/v1/account/list`,
      body: "{}",
      headers: { "Content-Type": "application/json", Date: "Mon, 13 May 2024 09:30:00 -0000" },
    });
    const sent = Buffer.from(request?.headers["Authorization"]?.slice("Basic ".length) ?? "", "base64");
    // Test vector of duo_client_python for this very request.
    expect(sent.toString()).toBe(
      "DIABCDEFGHIJKLMNOPQR:4960c853f5cdc76150ba595305466fa69db4ad3183888cf580c0ddd6abd7880b" +
        "a94f2e28a0ee6d2a165be25fdbb409a6504692ccc0a3f5310006825f30dceb83",
    );
  });

  test("gives the accounts in the order of their ids, whatever order Duo has", async () => {
    const { accounts, leftOut } = await list([
      ok([
        child("DAZZZZZZZZZZZZZZZZZZ", { name: "Zoë", api_hostname: "API-CCCCCCCC.duofederal.com" }),
        child(ID),
        child("DA00000000000000000B", { name: null }),
      ]),
    ]);
    expect(leftOut).toEqual([]);
    expect(accounts).toEqual([
      { accountId: "DA00000000000000000B", name: "", apiHostname: "api-aaaaaaaa.duosecurity.com" },
      { accountId: ID, name: "A", apiHostname: "api-aaaaaaaa.duosecurity.com" },
      { accountId: "DAZZZZZZZZZZZZZZZZZZ", name: "Zoë", apiHostname: "api-cccccccc.duofederal.com" },
    ]);
  });

  test("gives nothing where there are no children", async () => {
    expect(await list([ok([])])).toMatchObject({ accounts: [], leftOut: [] });
  });

  test.each<[string, Json, string]>([
    ["that is no object", "DA", "must be an object"],
    ["that is null", null, "must be an object"],
    ["without an id", { api_hostname: "api-a.duosecurity.com", name: "A" }, "account_id"],
    ["with a short id", child("DA9VZOC5X63I2W72NRP"), "account_id"],
    ["with an id that is a path", child("DA9VZOC5X63I2W72/../"), "account_id"],
    ["with an id in lower case", child(ID.toLowerCase()), "account_id"],
    ["with a number for an id", child(7), "account_id"],
    ["without a host", { account_id: ID, name: "A" }, "api_hostname must be text"],
    ["with a foreign host", child(ID, { api_hostname: "api-x.duosecurity.com.evil.org" }), "duosecurity.com"],
    ["with a host that only ends like Duo's", child(ID, { api_hostname: "evilduosecurity.com" }), "evil"],
    ["with an address", child(ID, { api_hostname: "169.254.169.254" }), "169.254.169.254"],
    ["with a port", child(ID, { api_hostname: "api-a.duosecurity.com:8443" }), "bare hostname"],
    ["with the Admin Panel's host", child(ID, { api_hostname: "admin-a.duosecurity.com" }), "Admin Panel"],
  ])("leaves out an entry %s, says why, and lists the others", async (_name, entry, says) => {
    const good = "DA00000000000000000G";
    const { accounts, leftOut } = await list([ok([entry, child(good)])]);
    expect(accounts?.map(({ accountId }) => accountId)).toEqual([good]);
    expect(leftOut).toHaveLength(1);
    expect(leftOut[0]).toMatchObject({ code: "duo_response_invalid" });
    expect(leftOut[0]?.message).toMatch(/^Cannot use a child account: .*, got /);
    expect(leftOut[0]?.message).toContain(says);
  });

  test("lists an account once, and says that it came twice", async () => {
    const { accounts, leftOut } = await list([ok([child(ID, { name: "first" }), child(ID)])]);
    expect(accounts?.map(({ name }) => name)).toEqual(["first"]);
    expect(leftOut[0]?.message).toContain("its id comes twice");
  });

  test("quotes no more of an entry than a log line holds", async () => {
    const { leftOut } = await list([ok([child(ID, { api_hostname: `${"x".repeat(1e6)}.org` })])]);
    expect(leftOut[0]?.message.length).toBeLessThan(500);
  });

  test.each<[Json]>([[{}], [null], ["x"], [{ accounts: [] }]])("refuses %j as a list", async (response) => {
    const { error } = await list([ok(response)]);
    expect(error).toMatchObject({ code: "duo_response_invalid", retryable: true });
    expect(error?.message).toContain("response must be an array, got ");
  });

  test("says after 40301 that the keys are not those of an Accounts API application", async () => {
    const { error, requests } = await list([fail(40301)]);
    expect(error).toMatchObject({ code: "duo_forbidden", retryable: false });
    expect(error?.message).toContain("not the credentials of an Accounts API application");
    expect(error?.message).toContain("40301");
    expect(error?.message).not.toContain("permission");
    expect(requests).toHaveLength(1);
  });

  test("tries again what may pass by itself, within bounds", async () => {
    const failures = [fail(50000), new Error("reset"), fail(42901), reply(200, "<html>")];
    const { accounts, requests } = await list([...failures, ok([child(ID)])]);
    expect(accounts).toHaveLength(1);
    expect(requests).toHaveLength(5);
    expect(new Set(requests.map(({ body }) => body))).toEqual(new Set(["{}"]));
    const never = await list([fail(50000)]);
    expect(never.error).toMatchObject({ code: "duo_server_error" });
    expect(never.requests).toHaveLength(5);
  });

  test("sends nothing when stopped", async () => {
    const { error, requests } = await list([ok([])], AbortSignal.abort());
    expect(error).toMatchObject({ code: "stopped" });
    expect(requests).toEqual([]);
  });
});
