import { createHash, createHmac } from "node:crypto";
import { afterEach, describe, expect, test, vi } from "vitest";
import { type RestEntry, startRestServer } from "../../support/rest-catalog-server.ts";
import { commits } from "../contract/catalog.ts";
import { instantClock, memoryTable } from "../support/memory-table.ts";
import { restTools } from "../support/rest-lake.ts";

const CLIENT = { clientId: "me", clientSecret: "top:secret/+ä", lifeSeconds: 1_000 };
const env = { DUOLAKE_CATALOG_CREDENTIAL: `${CLIENT.clientId}:${CLIENT.clientSecret}` };
const choice = { auth: "oauth2" } as const;

afterEach(() => {
  vi.unstubAllEnvs();
});

describe("restCatalog with a token", () => {
  test("sends it with every request", async () => {
    await using server = await startRestServer({ auth: { token: "tok" } });
    await commits(
      restTools(server, { choice: { auth: "bearer" }, env: { DUOLAKE_CATALOG_TOKEN: " tok\n" } }),
      1,
    );
    expect(new Set(server.ledger.map(({ headers }) => headers["authorization"]))).toEqual(
      new Set(["Bearer tok"]),
    );
  });

  test("says what to renew where it is refused, and does not print it", async () => {
    await using server = await startRestServer({ auth: { token: "tok" } });
    const tools = restTools(server, {
      choice: { auth: "bearer" },
      env: { DUOLAKE_CATALOG_TOKEN: "old-one" },
    });
    const error = await tools.catalog.list().catch((thrown: unknown) => thrown as Error);
    expect(error).toMatchObject({ code: "lake_unwritable", retryable: false });
    expect(String(error)).toContain("renew the token");
    expect(String(error)).not.toContain("old-one");
    expect(server.ledger).toHaveLength(1);
  });

  test.each([
    ["bearer", {}, "DUOLAKE_CATALOG_TOKEN"],
    ["bearer", { DUOLAKE_CATALOG_TOKEN: " " }, "DUOLAKE_CATALOG_TOKEN"],
    ["oauth2", {}, "DUOLAKE_CATALOG_CREDENTIAL"],
    ["oauth2", { DUOLAKE_CATALOG_CREDENTIAL: "hidden" }, "must be id:secret"],
    ["sigv4", {}, "lake.catalog.sigv4"],
  ] as const)(
    "%s without its secret or its names is refused before anything is sent",
    (auth, given, text) => {
      const open = (): unknown => restTools({ url: "http://127.0.0.1:1" }, { choice: { auth }, env: given });
      expect(open).toThrow(
        expect.objectContaining({ code: "config_invalid", message: expect.stringContaining(text) }),
      );
      expect(open).not.toThrow(/hidden/);
    },
  );
});

describe("restCatalog with OAuth 2", () => {
  test("asks for one token, with the scope, and for the next before it runs out", async () => {
    const clock = instantClock();
    await using server = await startRestServer({ auth: CLIENT, nowMs: clock.nowMs });
    const tools = restTools(server, { clock, choice, env });
    const table = await memoryTable(tools);
    await Promise.all([tools.catalog.load("t"), tools.catalog.load("t"), tools.catalog.list()]);
    const tokens = (): readonly RestEntry[] => server.ledger.filter(({ operation }) => operation === "token");
    expect(tokens()).toHaveLength(1);
    expect(Object.fromEntries(new URLSearchParams(tokens()[0]?.body))).toEqual({
      grant_type: "client_credentials",
      client_id: CLIENT.clientId,
      client_secret: CLIENT.clientSecret,
      scope: "catalog",
    });
    await clock.sleep(950_000);
    expect(await tools.catalog.load("t")).toEqual(table);
    expect(tokens()).toHaveLength(2);
    expect(server.ledger.filter(({ status }) => status === 401)).toEqual([]);
  });

  test("asks for another where one is refused, once for each request", async () => {
    await using server = await startRestServer({ auth: CLIENT });
    const tools = restTools(server, { choice, env });
    const base = await memoryTable(tools);
    server.revokeTokens();
    const table = await commits(tools, 1, base);
    expect(await tools.catalog.load("t")).toEqual(table);
    server.setFault(({ operation }) =>
      operation === "loadTable" ? { kind: "error", status: 401, when: "before" } : undefined,
    );
    const from = server.ledger.length;
    await expect(tools.catalog.load("t")).rejects.toMatchObject({
      code: "lake_unwritable",
      retryable: false,
    });
    expect(server.ledger.slice(from).map(({ operation }) => operation)).toEqual([
      "loadTable",
      "token",
      "loadTable",
    ]);
  });

  test("a credential that is refused is told without it, and asked for again later", async () => {
    await using server = await startRestServer({ auth: CLIENT });
    const tools = restTools(server, { choice: { ...choice, oauth2: { clientId: "other" } }, env });
    for (const _again of [1, 2]) {
      const error = await tools.catalog.list().catch((thrown: unknown) => thrown as Error);
      expect(error).toMatchObject({ code: "lake_unwritable", retryable: false });
      expect(String(error)).toContain("invalid_client, unknown client");
      expect(String(error)).not.toContain("secret/");
    }
    expect(server.ledger).toHaveLength(2);
  });

  test("takes the server, the scope and the client that the configuration names", async () => {
    await using tokens = await startRestServer({ auth: CLIENT });
    await using server = await startRestServer();
    const oauth2 = {
      tokenUri: `${tokens.url}/v1/oauth/tokens`,
      scope: "PRINCIPAL_ROLE:ALL",
      clientId: CLIENT.clientId,
    };
    const tools = restTools(server, {
      choice: { auth: "oauth2", oauth2 },
      env: { DUOLAKE_CATALOG_CREDENTIAL: CLIENT.clientSecret },
    });
    expect(await tools.catalog.list()).toEqual([]);
    expect(new URLSearchParams(tokens.ledger[0]?.body).get("scope")).toBe("PRINCIPAL_ROLE:ALL");
    expect(server.ledger[0]?.headers["authorization"]).toBe("Bearer t1");
  });

  test("a token server that fails for the moment is asked again", async () => {
    await using server = await startRestServer({ auth: CLIENT });
    const faults = [503, 500].map((status) => ({ kind: "error", status, when: "before" }) as const);
    server.setFault(({ operation }) => (operation === "token" ? faults.shift() : undefined));
    expect(await restTools(server, { choice, env }).catalog.list()).toEqual([]);
  });
});

describe("restCatalog with SigV4", () => {
  test("signs what it sends, as AWS computes it", async () => {
    vi.stubEnv("AWS_ACCESS_KEY_ID", "AKIDTEST");
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "wJalr");
    vi.stubEnv("AWS_SESSION_TOKEN", "session");
    await using server = await startRestServer({ prefix: "catalogs/arn%3Aaws%3Ax" });
    const tools = restTools(server, {
      choice: {
        auth: "sigv4",
        warehouse: "arn:aws:x/y",
        sigv4: { service: "s3tables", region: "eu-central-1" },
      },
    });
    await commits(tools, 1);
    await tools.catalog.list();
    expect(server.ledger.length).toBeGreaterThan(4);
    for (const entry of server.ledger) {
      const text = String(entry.headers["authorization"]);
      expect(text).toContain("Credential=AKIDTEST/20240101/eu-central-1/s3tables/aws4_request");
      expect(text).toContain(`Signature=${signature(entry, "wJalr")}`);
      expect(entry.headers["x-amz-security-token"]).toBe("session");
    }
  });
});

/** What the signature must be ("Create a signed AWS API request"), computed by itself. */
function signature({ path, headers, body, operation }: RestEntry, secret: string): string {
  const [, names = ""] = /SignedHeaders=([^,]+)/.exec(String(headers["authorization"])) ?? [];
  const [resource = "", query = ""] = path.split("?");
  const method = ["config", "listTables", "loadTable"].includes(operation) ? "GET" : "POST";
  const hash = (text: string): string => createHash("sha256").update(text).digest("hex");
  const canonical = [
    method,
    resource.split("/").map(encodeURIComponent).join("/"),
    query,
    ...names.split(";").map((name) => `${name}:${String(headers[name])}`),
    "",
    names,
    hash(body),
  ].join("\n");
  const date = String(headers["x-amz-date"]);
  const scope = `${date.slice(0, 8)}/eu-central-1/s3tables/aws4_request`;
  const toSign = ["AWS4-HMAC-SHA256", date, scope, hash(canonical)].join("\n");
  const key = scope
    .split("/")
    .reduce<string | Buffer>(
      (from, part) => createHmac("sha256", from).update(part).digest(),
      `AWS4${secret}`,
    );
  return createHmac("sha256", key).update(toSign).digest("hex");
}
