import { systemClock } from "../../src/core/clock.ts";
import type { Report } from "../interop/report.ts";
import { ask, readObject } from "./emulator.ts";
import { invoke } from "./invoke.ts";
import { mustEqual, mustSay } from "./must.ts";
import { readTables } from "./read-tables.ts";
import type { Stage } from "./stage.ts";
import { complete, happen, servedThen, tick, until } from "./steps.ts";
import { startThrottlingProxy } from "./throttling-proxy.ts";

const KILL_COUNT = 6;
/** The table with a column more than at first. */
const AUTH_TABLE =
  "name: auth\nschema:\n  fields:\n    - name: review\n      type:\n        type: struct\n        fields:\n          - name: verdict\n            type: string\n";

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
  await report.run("the first key arms the alarm for missing pulls", async () => {
    const name = "duolake-main-heartbeat";
    const answer = await ask(stage, "GraniteServiceVersion20100801.DescribeAlarms", { AlarmNames: [name] });
    return mustSay(JSON.stringify(answer).replaceAll(" ", ""), '"ActionsEnabled":true');
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
  await checkParameterStore(stage, report);
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
  await report.run("deploy again: the template says too that the alarm is armed", async () => {
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
    await write("log_sources/duo/tables/auth.yml", AUTH_TABLE);
    mustSay(mustEqual(await shell.diff(), 2).out, "review");
    const { out } = mustEqual(await shell.deploy(), 0);
    mustSay(out, "update (");
    happen(stage, 300);
    await tick(stage);
    const { columns } = (await (await stage.harness.start()).lake.load("duo_auth")) ?? {};
    if (columns?.some(({ name }) => name === "review") !== true)
      throw new Error("the new column is not there");
    return complete(stage, ["auth", "admin"]);
  });
  await report.run("a directory that a table cannot follow: refused, and nothing is changed", async () => {
    const path = "log_sources/duo/tables/auth.yml";
    await write(path, "name: auth\nschema:\n  fields:\n    - name: review\n      type: string\n");
    mustSay(mustEqual(await shell.deploy(), 1).err, "duo_auth.review: the table has type struct");
    await write(path, AUTH_TABLE);
    mustSay(mustEqual(await shell.diff(), 0).out, "No changes");
    return "";
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
    const { out } = mustEqual(await shell.run(["dlq", "redrive"]), 0);
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

async function checkParameterStore(stage: Stage, report: Report): Promise<void> {
  const { shell, harness } = stage;
  const { ledger, secretKey } = harness.simulator;
  await report.run(
    "secrets move to the Parameter Store: no key is copied, and Duo is not asked",
    async () => {
      await stage.write("matano.config.yml", "pull:\n  interval: 1m\nsecrets:\n  store: ssm\n");
      const { err } = mustEqual(await shell.deploy(), 0);
      mustSay(err, "Parameter Store of AWS Systems Manager from now on");
      const before = ledger.requests().length;
      await tick(stage);
      if (ledger.requests().length !== before) throw new Error("Duo was asked without a key");
      return mustSay((await shell.run(["secret", "status", "--aws"])).out, "placeholder");
    },
  );
  await report.run("with its key there, pulls go on", async () => {
    mustEqual(await shell.run(["secret", "set", "duo", "--aws"], `${secretKey()}\n`), 0);
    happen(stage, 300);
    await tick(stage);
    return complete(stage, ["auth", "admin"]);
  });
}

async function checkEnd(stage: Stage, report: Report): Promise<void> {
  const { shell } = stage;
  await report.run("destroy takes the stack away and keeps the secret", async () => {
    mustEqual(await shell.destroy(), 0);
    return mustSay((await shell.run(["secret", "status", "--aws"])).out, "populated");
  });
  await report.run(
    "deploy again goes on with the tables, the database and the secret that were kept",
    async () => {
      const { err } = mustEqual(await shell.deploy({ adopts: true }), 0);
      mustSay(err, "the Glue database matano is there already");
      mustSay(err, "tables that are there go on as they are: duo_");
      mustSay(err, "secrets that are populated stay as they are: duo");
      happen(stage, 300);
      await tick(stage);
      return complete(stage, ["auth", "admin"]);
    },
  );
}
