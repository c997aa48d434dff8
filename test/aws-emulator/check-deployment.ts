import { randomUUID } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { RawEvent } from "../../simulator/streams.ts";
import { systemClock } from "../../src/core/clock.ts";
import { runChild } from "../interop/child.ts";
import { queriedRows } from "../interop/queried-rows.ts";
import type { Check, Report } from "../interop/report.ts";
import type { EventTable } from "../support/pull-harness.ts";
import { ask, readObject, removeObject } from "./emulator.ts";
import { type Invoked, invoke, type InvokeOptions, sqsEvent } from "./invoke.ts";
import { mustEqual, mustSay } from "./must.ts";
import type { Stage } from "./stage.ts";
import { startThrottlingProxy } from "./throttling-proxy.ts";

/** Within the look-back, and visible. */
const SHOWN_FROM_MS = 50 * 60_000;
const SHOWN_TO_MS = 4 * 60_000;
const PYTHON_CHECK = fileURLToPath(new URL("../interop/check_glue.py", import.meta.url));
const PYTHON_TIMEOUT_MS = 180_000;
/** The emulator looks for due rules every ten seconds. */
const TICK_MS_MAX = 300_000;
const LOOK_MS = 1_000;
const KILL_COUNT = 6;

/** The life of a deployment, from the first `deploy` to `destroy` and back, with everything that goes wrong on the way. */
export async function checkDeployment(stage: Stage, report: Report): Promise<void> {
  const { shell, harness } = stage;
  await report.run("deploy: a dry run shows the plan and makes nothing", async () => {
    const { out } = mustEqual(await shell.deploy({ dryRun: true }), 0);
    mustSay(out, "create (");
    return mustSay(out, "dry run");
  });
  await report.run("deploy: makes the stack and the place of the secret", async () => {
    const { out } = mustEqual(await shell.deploy(), 0);
    return mustSay(out, "duolake-main is deployed.");
  });
  await report.run("info tells where everything is", async () => {
    const { out } = mustEqual(await shell.run(["info"]), 0);
    return mustSay(out, "duodata-main-000000000000-us-east-1");
  });
  await report.run("secret status: placeholder", async () => {
    const { out } = await shell.run(["secret", "status", "--aws"]);
    return mustSay(out, "placeholder");
  });
  await report.run("a scheduled tick with a placeholder asks Duo for nothing", async () => {
    await until("the function has looked at the log source", async () =>
      (await readObject(stage, "status/duo.json"))?.includes('"secret":"missing"'),
    );
    return mustEqual({ code: harness.simulator.ledger.requests().length }, 0) && "no request";
  });
  await report.run("secret set", async () => {
    const { out, err } = mustEqual(
      await shell.run(["secret", "set", "duo", "--aws"], `${harness.simulator.secretKey()}\n`),
      0,
    );
    if (`${out}${err}`.includes(harness.simulator.secretKey())) throw new Error("the secret key was shown");
    return mustSay((await shell.run(["secret", "status", "--aws"])).out, "populated");
  });
  await report.run("the next scheduled tick pulls: rule, queue, function, S3, Glue", async () => {
    await until("the table has rows", async () => {
      const { lake } = await harness.start();
      return ((await lake.load("duo_auth"))?.rowCount ?? 0) > 0;
    });
    return complete(stage, ["auth"]);
  });
  // From here on ticks come when the checks want them.
  await report.run("the rule is turned off", async () => {
    await ask(stage, "AWSEvents.DisableRule", { Name: "duolake-main-tick" });
    // A function that is under way ends.
    await systemClock.sleep(15_000);
    return "";
  });
  await readTables(stage, report, "after scheduled ticks");
  await checkFaults(stage, report);
  await checkChanges(stage, report);
  await checkOperations(stage, report);
  await checkCommands(stage, report);
  await checkEnd(stage, report);
}

/** What goes wrong with messages, functions and AWS. */
async function checkFaults(stage: Stage, report: Report): Promise<void> {
  await report.run("a message that comes twice, one after the other and at once", async () => {
    happen(stage, 300);
    await tick(stage);
    await tick(stage);
    happen(stage, 300);
    await Promise.all([tick(stage), tick(stage), tick(stage)]);
    return complete(stage, ["auth"]);
  });
  await report.run(`a function killed in mid-pull, ${KILL_COUNT} times`, async () => {
    let killed = 0;
    for (let i = 0; i < KILL_COUNT; i += 1) {
      happen(stage, 3_200);
      const { signal } = await tick(stage, { killWhen: servedThen(stage, 1 + (i % 3), i * 40) });
      if (signal === "SIGKILL") killed += 1;
    }
    await tick(stage);
    if (killed === 0) throw new Error("no function was under way when it was to be killed");
    return `${killed} killed, ${await complete(stage, ["auth"])}`;
  });
  await report.run("an AWS that turns requests away and loses answers", async () => {
    await using proxy = await startThrottlingProxy(stage.aws.url);
    for (let i = 0; i < 4; i += 1) {
      happen(stage, 300);
      await tick(stage, { endpoint: proxy.url });
    }
    await tick(stage);
    const { refused, unanswered } = proxy.counts;
    if (refused === 0 || unanswered === 0) throw new Error("nothing was turned away");
    return `${refused} refused, ${unanswered} without an answer, ${await complete(stage, ["auth"])}`;
  });
  await report.run(
    "a function without the time to read everything stops in time, and the next tick goes on",
    async () => {
      happen(stage, 4_500);
      await tick(stage, { timeMs: 45_200 });
      await tick(stage);
      return complete(stage, ["auth"]);
    },
  );
  await report.run("ticks that never came change nothing", async () => {
    happen(stage, 300);
    await tick(stage);
    return complete(stage, ["auth"]);
  });
}

/** Another directory, and the same one again. */
async function checkChanges(stage: Stage, report: Report): Promise<void> {
  const { shell, write } = stage;
  await report.run("deploy again: arms the alarm for missing pulls, for there is a secret now", async () => {
    const { out } = mustEqual(await shell.deploy(), 0);
    return mustSay(out, "HeartbeatAlarm");
  });
  await report.run("deploy once more: no changes, and the secret is kept", async () => {
    mustSay(mustEqual(await shell.deploy(), 0).out, "No changes");
    mustEqual(await shell.diff(), 0);
    return mustSay((await shell.run(["secret", "status", "--aws"])).out, "populated");
  });
  await report.run("a changed directory: diff says so with 2, deploy puts it to work", async () => {
    await write("log_sources/duo/tables/admin.yml", "name: admin\n");
    await write(
      "log_sources/duo/tables/auth.yml",
      "name: auth\nschema:\n  fields:\n    - name: review\n      type:\n        type: struct\n        fields:\n          - name: verdict\n            type: string\n",
    );
    mustEqual(await shell.diff(), 2);
    const { out } = mustEqual(await shell.deploy(), 0);
    mustSay(out, "update (");
    happen(stage, 300);
    await tick(stage);
    const { columns } = (await (await stage.harness.start()).lake.load("duo_auth")) ?? {};
    if (columns?.some(({ name }) => name === "review") !== true)
      throw new Error("the new column is not there");
    return complete(stage, ["auth", "admin"]);
  });
  await readTables(stage, report, "after the directory changed");
}

/** What operators look at. */
async function checkCommands(stage: Stage, report: Report): Promise<void> {
  const { shell } = stage;
  await report.run("status --aws shows the tables and that the key is there", async () => {
    const { out } = mustEqual(await shell.run(["status", "--aws"]), 0);
    return mustSay(out, "auth");
  });
  await report.run("logs shows what the functions said", async () => {
    const { out } = mustEqual(await shell.run(["logs", "--since", "1h", "--function", "puller"]), 0);
    return mustSay(out, "not pulled");
  });
  await report.run("a dead letter is listed, and sent once more", async () => {
    const queue = "http://localhost/000000000000/duolake-main-pull-dead-letters.fifo";
    const body = JSON.stringify({ sources: ["duo"], time: new Date().toISOString() });
    const message = {
      QueueUrl: queue,
      MessageBody: body,
      MessageGroupId: "duo",
      MessageDeduplicationId: "once",
    };
    await ask(stage, "AmazonSQS.SendMessage", message);
    mustSay(mustEqual(await shell.run(["dlq", "list"]), 0).out, "duo");
    const { out } = mustEqual(await shell.run(["dlq", "redrive", "--yes"]), 0);
    await until("no dead letter is left", async () => {
      const left = await ask(stage, "AmazonSQS.GetQueueAttributes", {
        QueueUrl: queue,
        AttributeNames: ["ApproximateNumberOfMessages"],
      });
      return (
        JSON.stringify(left).includes('"ApproximateNumberOfMessages": "0"') ||
        JSON.stringify(left).includes('"ApproximateNumberOfMessages":"0"')
      );
    });
    return out.trim().split("\n").at(-1) ?? "";
  });
}

async function checkOperations(stage: Stage, report: Report): Promise<void> {
  await report.run("the maintainer keeps tables that pulls go on with", async () => {
    const { answer, log } = await invoke(stage, "maintainer", {}, {});
    if (answer === undefined) throw new Error(`it failed: ${log}`);
    mustSay(log, "MaintainSuccess");
    happen(stage, 300);
    await tick(stage);
    return complete(stage, ["auth", "admin"]);
  });
  await report.run("the dispatcher sends a message for each log source", async () => {
    // A deployment has one above five log sources; its environment is that of the others.
    const { answer, log } = await invoke(stage, "dispatcher", {}, { environmentOf: "puller" });
    if (answer === undefined) throw new Error(`it failed: ${log}`);
    return mustSay(log, '"messages":1');
  });
}

async function checkEnd(stage: Stage, report: Report): Promise<void> {
  const { shell } = stage;
  await report.run("destroy takes the stack away and keeps the secret", async () => {
    mustEqual(await shell.destroy(), 0);
    return mustSay((await shell.run(["secret", "status", "--aws"])).out, "populated");
  });
}

/** Runs the puller once. What a log source was visited for is forgotten before: it only saves work. */
async function tick(stage: Stage, options: InvokeOptions = {}): Promise<Invoked> {
  await removeObject(stage, "status/duo.json");
  const time = new Date().toISOString();
  const invoked = await invoke(stage, "puller", sqsEvent({ sources: ["duo"], time }), options);
  last = invoked;
  return invoked;
}

/** What the puller did last, for the words of a failure. */
let last: Invoked | undefined;

/** Lets the present come to Duo, with so many logins of the last hour that it shows only now, and some changes by administrators. */
function happen({ harness }: Stage, count: number): void {
  const { clock, inject } = harness.simulator;
  clock.setNow(Date.now());
  const fromMs = clock.nowMs() - SHOWN_FROM_MS;
  const stepMs = (SHOWN_FROM_MS - SHOWN_TO_MS) / count;
  const timesMs = Array.from({ length: count }, (_, i) => Math.floor(fromMs + i * stepMs));
  const login = (ms: number): RawEvent => ({
    txid: randomUUID(),
    timestamp: Math.floor(ms / 1000),
    isotimestamp: `${new Date(ms).toISOString().slice(0, -1)}000+00:00`,
    event_type: "authentication",
    result: ms % 3 === 0 ? "denied" : "success",
    user: { key: "DUTESTUSER0000000001", name: `user ${ms % 50}` },
  });
  const change = (ms: number): RawEvent => ({
    action: "user_update",
    description: JSON.stringify({ realname: `name ${ms}` }),
    object: `user ${ms % 50}`,
    timestamp: Math.floor(ms / 1000),
    isotimestamp: `${new Date(ms).toISOString().slice(0, -5)}+00:00`,
    username: "admin",
  });
  inject("authentication_v2", timesMs.map(login));
  inject("administrator_v1", timesMs.filter((_, i) => i % 20 === 0).map(change));
}

/** Resolves a while after the simulator has answered so many requests more. */
async function servedThen({ harness }: Stage, requestCount: number, delayMs: number): Promise<void> {
  const { ledger } = harness.simulator;
  const wanted = ledger.requests().length + requestCount;
  while (ledger.requests().length < wanted) await systemClock.sleep(5);
  await systemClock.sleep(delayMs);
}

/** The lake must hold what Duo has, each event once. */
async function complete({ harness }: Stage, tables: readonly EventTable[]): Promise<string> {
  let rowCount = 0;
  for (const table of tables) {
    const { lost, repeated } = await harness.difference(table);
    if (lost.length + repeated.length > 0)
      throw new Error(
        `${table}: ${lost.length} lost, ${repeated.length} repeated; ${last?.log.slice(-1_500) ?? ""}`,
      );
    rowCount += (await harness.originals(table)).length;
  }
  return `${rowCount} events, 0 lost, 0 repeated`;
}

async function until(what: string, look: () => Promise<boolean | undefined>): Promise<void> {
  const endMs = systemClock.nowMs() + TICK_MS_MAX;
  while ((await look()) !== true) {
    if (systemClock.nowMs() > endMs) throw new Error(`Cannot go on: it did not happen that ${what}`);
    await systemClock.sleep(LOOK_MS);
  }
}

/** PyIceberg reads every table through Glue and compares it with what a query of ours shows. */
async function readTables(stage: Stage, report: Report, when: string): Promise<void> {
  const { harness, folder, python, aws } = stage;
  await report.run(`PyIceberg: all checks ${when} ran`, async () => {
    const { lake } = await harness.start();
    const tables: object[] = [];
    for (const name of await lake.list()) {
      const rows = join(folder, `${name}.ndjson`);
      await writeFile(rows, await queriedRows(lake, name));
      tables.push({ name, rows, metadata_location: (await lake.load(name))?.metadataLocation });
    }
    const job = join(folder, "job.json");
    await writeFile(
      job,
      JSON.stringify({ endpoint: aws.url, database: "matano", mode: "read", when, tables }),
    );
    const { code, complaint } = await runChild(python, ["-B", PYTHON_CHECK, job], {
      timeoutMs: PYTHON_TIMEOUT_MS,
      onLine: (line) => {
        if (line.startsWith("{")) report.add(JSON.parse(line) as Check);
      },
    });
    if (code !== 0) throw new Error(`Python ended with exit code ${code}\n${complaint}`);
    return `${tables.length} tables`;
  });
}
