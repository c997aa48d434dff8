import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startSimulator } from "../simulator/simulator.ts";
import { createApp } from "../src/app.ts";
import { formatCount } from "../src/cli/format.ts";
import type { Io } from "../src/cli/io.ts";
import { loadDirectory } from "../src/cli/load-context.ts";
import { run } from "../src/cli/main.ts";
import { createPullProgress } from "../src/cli/pull-progress.ts";
import { printResults } from "../src/cli/pull.ts";
import { systemClock } from "../src/core/clock.ts";
import { pullAll } from "../src/pull-all.ts";

// The whole of duolake on one machine, against a simulated Duo account. Prints what a newcomer wants to see.

const USER_COUNT = 500;
const DAY_COUNT = 30;
const DAY_MS = 86_400_000;

const QUESTIONS = [
  {
    title: "Whose logins failed most, and why?",
    sql: `SELECT user.name AS "user", count(*) AS failed, mode(event.reason) AS "most often",
       count(DISTINCT source.ip) AS addresses, max(ts)::DATE AS "last"
FROM duo_auth WHERE event.outcome = 'failure' GROUP BY 1 ORDER BY failed DESC LIMIT 5`,
  },
  {
    title: "Which factors were used on which day of the last week?",
    sql: `SELECT ts::DATE AS day, count(*) AS logins,
       count(*) FILTER (duo.auth.factor = 'duo_push') AS push,
       count(*) FILTER (duo.auth.factor IN ('sms_passcode', 'phone_call')) AS "sms, call",
       count(*) FILTER (duo.auth.factor LIKE 'WebAuthn%') AS webauthn,
       count(*) FILTER (event.outcome = 'failure') AS failed
FROM duo_auth WHERE ts >= now() - INTERVAL 7 DAY GROUP BY 1 ORDER BY 1`,
  },
  {
    title: "What did administrators change lately?",
    sql: `SELECT ts, user.name AS administrator, event.action AS action, user.target.name AS target, event.outcome AS outcome
FROM duo_admin WHERE list_has_any(event.type, ['creation', 'change', 'deletion']) ORDER BY ts DESC LIMIT 6`,
  },
];

await demo();

async function demo(): Promise<void> {
  const startMs = Date.now();
  say(`A simulated Duo account: ${USER_COUNT} people, ${DAY_COUNT} days.\n`);
  await using simulator = await startSimulator({ users: USER_COUNT, days: DAY_COUNT + 1, seed: 1 });
  const { apiHostname, integrationKey } = simulator;
  const dir = join(await mkdtemp(join(tmpdir(), "duolake-demo-")), "logs");
  const io = demoIo({
    DUOLAKE_DUO_ENDPOINT_URL: simulator.url,
    DUOLAKE_SECRET_KEY_DUO: simulator.secretKey(),
  });

  step(`duolake init ${dir} --api-hostname ${apiHostname} --integration-key ${integrationKey} --yes`);
  const quiet = { ...io, out: () => {} };
  await run(
    ["init", dir, "--api-hostname", apiHostname, "--integration-key", integrationKey, "--yes"],
    quiet,
  );

  step("duolake pull     # a first pull reads one day; here it reads all thirty");
  await pullEverything(dir, io);

  for (const { title, sql } of QUESTIONS) {
    say(`\n${title}\n\n${indent(sql)}\n\n`);
    await run(["query", "--dir", dir, sql], { ...io, out: (text) => io.out(indent(text)), err: () => {} });
  }
  say(farewell(dir, Math.round((Date.now() - startMs) / 1000)));
}

async function pullEverything(dir: string, io: Io): Promise<void> {
  const config = await loadDirectory(dir);
  const progress = createPullProgress(io, 2_000);
  const firstWindowMs = DAY_COUNT * DAY_MS;
  await using app = await createApp({
    config,
    clock: systemClock,
    env: io.env,
    observer: progress.observer,
    firstWindowMs,
  });
  const results = await pullAll(app, { sources: app.sources, wants: () => true }, io.signal).finally(
    progress.end,
  );
  printResults(results, io);
  const eventCount = results.reduce((sum, { appended }) => sum + appended, 0);
  say(`\n${formatCount(eventCount)} events in Iceberg tables under ${join(dir, "lake", "matano")}\n`);
  if (results.some(({ error }) => error !== undefined)) process.exitCode = 1;
}

function demoIo(env: Readonly<Record<string, string>>): Io {
  const stop = new AbortController();
  process.once("SIGINT", () => stop.abort());
  return {
    out: say,
    drain: () => Promise.resolve(),
    err: (text) => process.stderr.write(text),
    env,
    cwd: process.cwd(),
    isTerminal: process.stderr.isTTY,
    signal: stop.signal,
  };
}

function farewell(dir: string, seconds: number): string {
  return `
That took ${seconds} s. The tables stay; ask them more, or open them with any engine that reads Iceberg:

  npx duolake query --dir ${dir} "SELECT count(*) FROM duo_telephony"
  npx duolake tables auth --dir ${dir}

With your own Duo account:

  1. In the Duo Admin Panel, protect an application of the type "Admin API" and grant it
     "Grant read log" and "Grant read information".
  2. npx duolake init my-logs        asks for its API hostname and integration key
  3. cd my-logs
     npx duolake secret set duo      asks for its secret key
     npx duolake doctor              checks permissions, clock and lake
     npx duolake run                 pulls every five minutes; http://127.0.0.1:8686
`;
}

function step(command: string): void {
  say(`\n$ ${command}\n`);
}

function indent(text: string): string {
  return text.replace(/^(?=.)/gm, "  ");
}

function say(text: string): void {
  process.stdout.write(text);
}
