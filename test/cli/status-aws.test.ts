import { describe, expect, test } from "vitest";
import type { Io } from "../../src/cli/io.ts";
import { statusAws } from "../../src/cli/status-aws.ts";
import type { QueueDepths } from "../../src/deploy/queue-depths.ts";
import type { Services } from "../../src/deploy/services.ts";
import { Secret } from "../../src/secrets/secret.ts";
import { type Deployment, startDeployment } from "../support/containers.ts";
import { putConfiguration } from "../support/put-configuration.ts";

const OPTIONS = {
  tables: ["auth"],
  buckets: ["my-code"],
  simulator: { users: 10, days: 2, attacks: false, nowMs: Date.now(), eventsPerDay: { authentication: 60 } },
} as const;
const QUEUES: QueueDepths = (queueUrl) =>
  Promise.resolve(queueUrl === "pulls" ? { waiting: 2, underWay: 1 } : { waiting: 4, underWay: 0 });

interface Ran {
  readonly code: number;
  readonly out: string;
}

async function run(
  deployment: Deployment,
  how: { readonly json?: boolean; readonly queues?: QueueDepths; readonly outputs?: object } = {},
): Promise<Ran> {
  let out = "";
  const io: Io = {
    out: (text) => void (out += text),
    drain: async () => undefined,
    err: () => undefined,
    env: {},
    cwd: deployment.harness.dir,
    isTerminal: false,
    signal: new AbortController().signal,
  };
  const outputs = how.outputs ?? {
    LabelOut: "prod",
    CodeBucketName: "my-code",
    ConfigKeyOut: await putConfiguration(deployment, { tables: ["auth"] }),
    Warehouse: "s3://my-logs/lake",
    DatabaseName: "matano",
    PullQueueUrl: "pulls",
    PullDeadLettersUrl: "dead pulls",
    TickDeadLettersUrl: "dead ticks",
  };
  const stack = {
    id: "s",
    name: "duolake-prod",
    status: "UPDATE_COMPLETE",
    tags: {},
    parameters: {},
    outputs,
  };
  const services = {
    identity: { caller: async () => ({ account: "1", region: "eu-central-1", arn: "a" }) },
    stacks: { describe: async (name: string) => (name === stack.name ? stack : undefined) },
  } as unknown as Services;
  const tools = { open: () => services, queues: () => how.queues ?? QUEUES };
  const code = await statusAws({ label: "prod", ...(how.json === true && { json: true }) }, io, tools);
  return { code, out };
}

describe("status --aws", () => {
  test("shows the tables of the deployment as status does, its log sources and its queues", async () => {
    await using deployment = await startDeployment(OPTIONS);
    await deployment.container().deliver();
    const { code, out } = await run(deployment);
    expect(code).toBe(0);
    expect(out).toMatch(/duo_auth +authentication_v2 +\d.*ago/);
    expect(out).toMatch(/duo was visited .* ago/);
    expect(out).toContain("Queue: 2 wait, 1 under way. Dead letters: pulls 4, ticks 4.");

    const { out: json } = await run(deployment, { json: true });
    const rows = (await deployment.harness.originals("auth")).length;
    expect(JSON.parse(json)).toMatchObject({
      tables: [
        { source: "duo", table: "auth", rows, last_error: null, last_pull_at: expect.any(String) as string },
      ],
      sources: [{ source: "duo", settled: true, secret: "populated", last_error: null }],
      queues: {
        pull: { waiting: 2, under_way: 1 },
        pull_dead_letters: { waiting: 4, under_way: 0 },
        tick_dead_letters: { waiting: 4, under_way: 0 },
      },
    });
  });

  test("says what a log source lacks, and what went wrong with it", async () => {
    await using deployment = await startDeployment({ ...OPTIONS, isPopulated: false });
    expect((await run(deployment)).out).toContain("duo was never visited");
    const container = deployment.container();
    await container.deliver();
    expect((await run(deployment)).out).toContain("`duolake secret set duo --aws --label prod`");
    await deployment.secrets.set("duo", new Secret("wrongsecretkey0000000000000000000000001"));
    await container.deliver();
    expect((await run(deployment)).out).toMatch(/duo_auth failed .* ago \(duo_signature_invalid\)/);
  });

  test("goes without the queues where it may not look at them", async () => {
    await using deployment = await startDeployment(OPTIONS);
    const denied = Object.assign(new Error("User: x is not authorized to perform: sqs:GetQueueAttributes"), {
      name: "AccessDenied",
    });
    const { code, out } = await run(deployment, { queues: () => Promise.reject(denied) });
    expect(code).toBe(0);
    expect(out).toContain("Queue: unknown (");
    expect(out).toContain("sqs:GetQueueAttributes");
  });

  test("says that a stack which lacks its outputs is to be deployed again", async () => {
    await using deployment = await startDeployment(OPTIONS);
    await expect(run(deployment, { outputs: { Warehouse: "s3://my-logs/lake" } })).rejects.toMatchObject({
      code: "deploy_refused",
    });
  });
});
