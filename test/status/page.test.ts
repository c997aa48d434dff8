import { describe, expect, test } from "vitest";
import type { Board } from "../../src/status/board.ts";
import { healthOf } from "../../src/status/health.ts";
import { type PageOptions, statusPage } from "../../src/status/page.ts";
import { board, FAILED, MINUTE_MS, result, SKIPPED, START_MS } from "./support/made-results.ts";

type Waits = NonNullable<PageOptions["waits"]>;

function page(
  of: Board,
  { minutes = 5, lake = "/lake", waits = [] }: { minutes?: number; lake?: string; waits?: Waits } = {},
): string {
  const nowMs = START_MS + minutes * MINUTE_MS;
  const health = healthOf(of, { nowMs, failingAfterMs: 15 * MINUTE_MS });
  return statusPage(of, { nowMs, health, lake, waits });
}

describe("statusPage", () => {
  test("has a line for each table, before any pull too", () => {
    const html = page(board());
    expect(html).toMatch(/^<!doctype html>/);
    expect(html).toContain("duo_auth");
    expect(html).toContain("duo_admin");
    expect(html.match(/first pull under way/g)).toHaveLength(2);
    expect(html).toContain("<title>duolake: ok</title>");
  });

  test("shows age, rows and bars of the pulls", () => {
    const one = board();
    one.record(result({ appended: 1_500, rowCount: 1_234_567 }), START_MS + 3 * MINUTE_MS);
    const html = page(one);
    expect(html).toContain("7 min ago");
    expect(html).toContain("2 min ago");
    expect(html).toContain("1,234,567");
    expect(html).toContain("<title>2026-03-12T15:33Z: 1,500 rows</title>");
  });

  test("shows failures, and secrets that are not set, in words", () => {
    const one = board();
    one.record(FAILED, START_MS);
    one.record({ ...SKIPPED, table: "admin" }, START_MS);
    const html = page(one, { minutes: 20 });
    expect(html).toContain("<title>duolake: failing</title>");
    expect(html).toContain("At least one stream is not being pulled.");
    expect(html).toContain("no permission");
    expect(html).toContain("the secret key is not set yet");
    expect(html).toContain("<title>2026-03-12T15:30Z: failed</title>");
  });

  test("shows the stream and child account, how far the backfill is and what re-reads added", () => {
    const one = board();
    const key = { source: "duo", account: "DA1", table: "auth" };
    one.record(result({ account: "DA1" }), START_MS);
    one.record(result({ table: "admin", stream: "activity_v2" }), START_MS);
    const half = { wantedMs: 1_000, leftMs: 495, isDone: false, eventsPerSecond: 1, etaMs: 12 * MINUTE_MS };
    one.backfilled(key, half);
    one.healed(key, 2);
    one.healed(key, 1);
    const html = page(one);
    expect(html).toContain("duo_auth<br><small>DA1</small><br><small>authentication_v2</small>");
    expect(html).toContain("duo_admin<br><small>activity_v2</small>");
    expect(html).toContain('<progress max="100" value="50">50 %</progress><br>50 %, 12 min left');
    expect(html).toContain("<small>re-reads added 3</small>");
    one.backfilled(key, { ...half, leftMs: 1 });
    expect(page(one)).toContain("99 %, 12 min left");
    one.backfilled(key, { ...half, leftMs: 0, isDone: true });
    expect(page(one)).toContain(">complete<");
    expect(page(one)).not.toContain("<progress");
  });

  test("says at the table why its stream waits", () => {
    const one = board();
    one.record(result(), START_MS);
    one.record(result({ table: "admin", stream: "activity_v2" }), START_MS);
    const untilMs = START_MS + 10 * MINUTE_MS;
    const wait = { source: "duo", account: undefined, priority: "live", untilMs, rejectedCount: 2 } as const;
    const html = page(one, { waits: [{ ...wait, endpoint: "/admin/v2/logs/activity", reason: "hold" }] });
    const [auth, admin] = html.split("duo_admin");
    expect(admin).toContain("waits until 15:40:00Z: Duo answered 429 (2 times in a row)");
    expect(auth).not.toContain("waits until");
  });

  test("escapes what comes from elsewhere", () => {
    const one = board();
    const message = `<script>alert("1")</script> & 'x'`;
    one.record(result({ error: { code: "duo_request_invalid", message } }), START_MS);
    const html = page(one, { lake: "/a<b>&\"c'" });
    expect(html).not.toContain("<script");
    expect(html).toContain("&#60;script&#62;alert(&#34;1&#34;)&#60;/script&#62; &#38; &#39;x&#39;");
    expect(html).toContain("<code>/a&#60;b&#62;&#38;&#34;c&#39;</code>");
  });

  test("loads nothing from elsewhere", () => {
    expect(page(board())).not.toMatch(/(?:src|href)="(?!\/(?:metrics|healthz)")/);
  });

  test.each([
    [0, "less than a minute"],
    [119, "119 min"],
    [121, "2 h"],
    [60 * 47, "47 h"],
    [60 * 72, "3 d"],
  ])("after %i minutes it runs for %s", (minutes, text) => {
    expect(page(board(), { minutes })).toContain(`Running for ${text};`);
  });
});
