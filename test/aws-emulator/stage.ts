import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundleLambda } from "../../tools/lambda/bundle.ts";
import { zipOf } from "../../tools/lambda/zip.ts";
import { type MiniAws, startMiniAws } from "../interop/mini-aws.ts";
import { type Harness, startHarness } from "../support/pull-harness.ts";
import { type Shell, startShell } from "./shell.ts";

/** Everything that the checks share. */
export interface Stage extends AsyncDisposable {
  readonly python: string;
  readonly aws: MiniAws;
  /** A simulator, and a program that reads the deployment's lake. */
  readonly harness: Harness;
  /** Runs commands on the Matano directory. */
  readonly shell: Shell;
  /** The folder in which the functions' code is unpacked. */
  readonly code: string;
  /** A folder for files of the checks. */
  readonly folder: string;
  /** Writes a file of the Matano directory. */
  readonly write: (path: string, text: string) => Promise<void>;
}

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const WAREHOUSE = "s3://duodata-main-000000000000-us-east-1/lake";

/** Starts the emulator and the simulator, bundles the functions, and writes a directory with one log source. */
export async function openStage(python: string, print: (line: string) => void): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), "duolake-aws-"));
  const aws = await startMiniAws(python);
  const code = join(folder, "code");
  const files = await bundleLambda(ROOT);
  for (const [name, bytes] of files) await put(join(code, name), bytes);
  const zip = zipOf(files);
  await put(join(folder, "lambda.zip"), zip);
  const template = await deployableTemplate();
  await put(join(folder, "template.json"), template);
  await put(join(folder, "adopting.json"), adopting(template));
  print(`MiniStack at ${aws.url}, the functions' code has ${(zip.length / 1e6).toFixed(1)} MB`);
  Object.assign(process.env, aws.env, { AWS_EC2_METADATA_DISABLED: "true" });
  const harness = await startHarness({
    // The functions have the machine's clock; Duo is asked for its own.
    simulator: { nowMs: Date.now(), users: 60, eventsPerDay: { authentication: 2_000, administrator: 300 } },
    tables: ["auth", "admin"],
    warehouse: WAREHOUSE,
    catalog: { type: "glue" },
  });
  const dir = join(folder, "logs");
  const write = (path: string, text: string): Promise<void> => put(join(dir, path), text);
  const { apiHostname, integrationKey, url } = harness.simulator;
  await write("matano.config.yml", "pull:\n  interval: 1m\n");
  await write(
    "log_sources/duo/log_source.yml",
    `name: duo\nmanaged:\n  type: DUO\n  properties:\n    api_hostname: ${apiHostname}\n    integration_key: ${integrationKey}\n`,
  );
  await write("log_sources/duo/tables/auth.yml", "name: auth\n");
  const env = { ...aws.env, AWS_EC2_METADATA_DISABLED: "true", DUOLAKE_DUO_ENDPOINT_URL: url };
  const shell = startShell({
    dir,
    env,
    files: { template: join(folder, "template.json"), code: join(folder, "lambda.zip") },
    adoptingTemplate: join(folder, "adopting.json"),
  });
  return {
    python,
    aws,
    harness,
    shell,
    code,
    folder,
    write,
    [Symbol.asyncDispose]: async () => {
      await harness[Symbol.asyncDispose]();
      await aws[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** MiniStack has no named queries of Athena; nothing depends on them. */
async function deployableTemplate(): Promise<string> {
  const template = JSON.parse(await readFile(join(ROOT, "infra/template.json"), "utf8")) as {
    readonly Resources: Record<string, { readonly Type: string }>;
  };
  for (const [name, { Type: type }] of Object.entries(template.Resources))
    if (type === "AWS::Athena::NamedQuery") delete template.Resources[name];
  return JSON.stringify(template);
}

/** CloudFormation takes a bucket that is there under the stack (`ImportExistingResources`); MiniStack cannot, and it is left out. */
function adopting(template: string): string {
  const name = { "Fn::Sub": "duodata-${Label}-${AWS::AccountId}-${AWS::Region}" };
  const arn = { "Fn::Sub": `arn:aws:s3:::${name["Fn::Sub"]}` };
  const text = template
    .replaceAll('{"Ref":"LakeBucket"}', JSON.stringify(name))
    .replaceAll('{"Fn::GetAtt":["LakeBucket","Arn"]}', JSON.stringify(arn));
  const value = JSON.parse(text) as { readonly Resources: Record<string, unknown> };
  delete value.Resources["LakeBucket"];
  return JSON.stringify(value);
}

async function put(path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}
