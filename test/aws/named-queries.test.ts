import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { startHarness } from "../support/pull-harness.ts";

interface Template {
  readonly Resources: Readonly<
    Record<string, { readonly Type: string; readonly Properties: { readonly QueryString: string } }>
  >;
}

/** The questions that Athena keeps. DuckDB, which has the same words for what they use, answers them here. */
async function namedQueries(): Promise<ReadonlyMap<string, string>> {
  const text = await readFile(new URL("../../infra/template.json", import.meta.url), "utf8");
  const resources = Object.entries((JSON.parse(text) as Template).Resources);
  return new Map(
    resources
      .filter(([, { Type }]) => Type === "AWS::Athena::NamedQuery")
      .map(([id, { Properties }]) => [id, Properties.QueryString]),
  );
}

test("every named query finds the columns that it asks for in the tables that pulls make", async () => {
  await using harness = await startHarness({
    tables: ["auth", "admin"],
    simulator: {
      users: 10,
      days: 2,
      // The queries go by the time of whoever answers them.
      nowMs: Date.now(),
      eventsPerDay: { authentication: 100, administrator: 40 },
    },
  });
  await harness.pull();
  const answers = new Map<string, readonly Record<string, unknown>[]>();
  for (const [id, sql] of await namedQueries()) answers.set(id, await harness.ask(sql));
  expect([...answers.keys()].toSorted()).toEqual([
    "AdminActionsQuery",
    "EventsPerDayQuery",
    "FailedSignInsQuery",
    "FraudReportsQuery",
  ]);
  const { lake } = await harness.start();
  const days = answers.get("EventsPerDayQuery") ?? [];
  const events = days.reduce((sum, day) => sum + Number(day["events"]), 0);
  expect(events).toBe((await lake.load("duo_auth"))?.rowCount);
  expect(answers.get("AdminActionsQuery")).toHaveLength((await lake.load("duo_admin"))?.rowCount ?? -1);
});
