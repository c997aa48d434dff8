import { describe, expect, test } from "vitest";
import type { App } from "../../src/app.ts";
import { planRead } from "../../src/lake/plan-read.ts";
import type { TableResult } from "../../src/pipeline/pull-result.ts";
import { rereadRange } from "../../src/pipeline/reread-range.ts";
import { journalName, pullAll } from "../../src/pull-all.ts";
import { readStatus } from "../../src/status/status.ts";
import { deleteRows } from "../lake/support/delete-rows.ts";
import { type Harness, startHarness } from "../support/pull-harness.ts";
import { pullerOf } from "../support/pullers-of.ts";

const HOUR_MS = 3_600_000;

async function pull(app: App): Promise<TableResult> {
  const [result] = await pullAll(app, { sources: app.sources, wants: () => true });
  if (result === undefined) throw new Error("nothing was pulled");
  return result;
}

/** Deletes the youngest row of a table as Spark's merge-on-read does. */
async function deleteYoungest(harness: Harness, name: string): Promise<void> {
  const table = await (await harness.start()).lake.load(name);
  if (table === undefined) throw new Error("there is no table");
  const { files } = await planRead(table, {});
  const [last] = files.toSorted((a, b) => (b.tsMaxUs ?? 0) - (a.tsMaxUs ?? 0));
  if (last === undefined) throw new Error("there is no file");
  await deleteRows(table, { rows: [[last.path, last.rowCount - 1]] });
}

/** Takes the file of the youngest rows out, as copy-on-write does where each row of a file is deleted. */
async function takeOutYoungestFile(app: App): Promise<number> {
  const table = await app.lake.load("duo_auth");
  const [last] = ((await table?.files()) ?? []).toSorted((a, b) => (b.tsMaxUs ?? 0) - (a.tsMaxUs ?? 0));
  if (table === undefined || last === undefined) throw new Error("there is no file");
  await table.commit({ files: [], removed: [last], operation: "overwrite", setProperties: {} });
  return last.rowCount;
}

/** The identities of the rows, in the order of `ts`. */
async function hashes(harness: Harness): Promise<readonly unknown[]> {
  return (await harness.ask("SELECT event.hash AS hash FROM duo_auth ORDER BY ts")).map(({ hash }) => hash);
}

describe("a row that another engine deleted", () => {
  test("comes back neither with the next pull nor with a re-read", async () => {
    await using harness = await startHarness({ tables: ["auth"] });
    await pull(await harness.start());
    const before = await hashes(harness);
    await deleteYoungest(harness, "duo_auth");
    const left = await hashes(harness);
    expect(left).toEqual(before.slice(0, -1));
    const gone = before.at(-1);

    // In the look-back of a process that has nothing in memory.
    const again = await pull(await harness.start());
    expect(again).toMatchObject({ appended: 0, error: undefined });
    expect(again.duplicates).toBeGreaterThan(0);

    harness.simulator.clock.advance(6 * HOUR_MS);
    const app = await harness.start();
    const later = await pull(app);
    expect(later.error).toBeUndefined();
    expect(later.appended).toBeGreaterThan(0);

    const nowMs = harness.clock.nowMs();
    const { context } = await pullerOf(app, "auth");
    const found = await rereadRange(context, { fromMs: nowMs - 24 * HOUR_MS, toMs: nowMs }, {});
    expect(found).toMatchObject({ healed: 0 });
    const after = await hashes(harness);
    expect(after).not.toContain(gone);
    expect(after).toHaveLength(left.length + later.appended);
  });

  test("is no dead letter again, and the status is told as ever", async () => {
    await using harness = await startHarness({ tables: ["auth"] });
    const atMs = harness.clock.nowMs() - HOUR_MS / 2;
    harness.simulator.inject("authentication_v2", [{}], { atMs });
    expect(await pull(await harness.start())).toMatchObject({ rejected: 1 });
    await deleteYoungest(harness, "duo_dead_letter");
    await deleteYoungest(harness, "duo_auth");
    expect(await pull(await harness.start())).toMatchObject({ rejected: 0, appended: 0, error: undefined });
    expect(await harness.ask("SELECT reason FROM duo_dead_letter")).toEqual([]);

    const { config, lake, journal } = await harness.start();
    const nowMs = harness.clock.nowMs();
    const [status] = await readStatus({ config, lake, journal, nowMs, journalName });
    expect(status).toMatchObject({ deadLetterCount: 1, stream: "authentication_v2", lastError: undefined });
  });

  test("comes back with a re-read where its file was written again without it", async () => {
    await using harness = await startHarness({ tables: ["auth"] });
    const app = await harness.start();
    await pull(app);
    const before = await hashes(harness);
    const deleted = await takeOutYoungestFile(app);
    expect(await hashes(harness)).toHaveLength(before.length - deleted);

    const toMs = harness.clock.nowMs();
    const { context } = await pullerOf(await harness.start(), "auth");
    const found = await rereadRange(context, { fromMs: toMs - 24 * HOUR_MS, toMs }, {});
    expect(found).toMatchObject({ healed: deleted });
    const after = await hashes(harness);
    expect(after).toHaveLength(before.length);
    expect(new Set(after)).toEqual(new Set(before));
  });
});
