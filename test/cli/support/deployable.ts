import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { deploy, type DeployCommandOptions, type DeployTools } from "../../../src/cli/deploy.ts";
import type { OpenDeployedLake } from "../../../src/cli/deployed-tables.ts";
import type { Io } from "../../../src/cli/io.ts";
import { systemClock } from "../../../src/core/clock.ts";
import type { Column } from "../../../src/core/columns.ts";
import type { AwsAccess } from "../../../src/deploy/open-client.ts";
import { openLake } from "../../../src/lake/open-lake.ts";
import { TEMPLATE } from "../../deploy/support/deploy-case.ts";
import { type FakeAccount, fakeAccount } from "../../deploy/support/fake-account.ts";

const LOG_SOURCE =
  "name: duo\nmanaged:\n  type: DUO\n  properties:\n    api_hostname: api-eac94d5a.duosecurity.com\n    integration_key: DI62OFKPBEXHLW1DOB8A\n";

/** How a command ended. */
export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A directory with one log source and one table, and an account in memory to deploy it to. */
export interface Deployable extends AsyncDisposable {
  /** Holds the directory as `logs`, and the package's files. */
  readonly dir: string;
  readonly account: FakeAccount;
  /** How the account was opened, each time. */
  readonly opened: readonly AwsAccess[];
  readonly tools: DeployTools & { readonly templatePath: string };
  /** Runs a command as it runs without a terminal. */
  readonly run: (work: (io: Io) => Promise<number>, env?: Io["env"]) => Promise<Ended>;
  /** `duolake deploy`; with --yes unless told otherwise. */
  readonly deploy: (options?: DeployCommandOptions, env?: Io["env"]) => Promise<Ended>;
  /** Puts a table into the deployment's lake. */
  readonly haveTable: (columns: readonly Column[]) => Promise<void>;
  /** What opens the deployment's lake from now on. */
  readonly setLake: (open: OpenDeployedLake) => void;
  /** Writes the fields of the one table: `{ name: score, type: int }`. */
  readonly writeFields: (...fields: readonly string[]) => Promise<void>;
}

export async function startDeployable(): Promise<Deployable> {
  const dir = await mkdtemp(join(tmpdir(), "duolake-deploy-"));
  const account = fakeAccount();
  const opened: AwsAccess[] = [];
  let openLakeOf: OpenDeployedLake = () => Promise.reject(new Error("there is no lake yet"));
  await mkdir(join(dir, "logs/log_sources/duo/tables"), { recursive: true });
  await writeFile(join(dir, "logs/log_sources/duo/log_source.yml"), LOG_SOURCE);
  await writeFile(join(dir, "logs/log_sources/duo/tables/auth.yml"), "");
  await writeFile(join(dir, "template.json"), JSON.stringify(TEMPLATE));
  await writeFile(join(dir, "lambda.zip"), "zip");
  const tools: Deployable["tools"] = {
    open: (access) => {
      opened.push(access);
      return account.services;
    },
    files: { template: join(dir, "template.json"), code: join(dir, "lambda.zip") },
    openLake: (...asked) => openLakeOf(...asked),
    templatePath: join(dir, "template.json"),
  };
  const run: Deployable["run"] = async (work, env = {}) => {
    const said = { out: "", err: "" };
    const code = await work({
      out: (text) => void (said.out += text),
      drain: async () => undefined,
      err: (text) => void (said.err += text),
      env,
      cwd: join(dir, "logs"),
      isTerminal: false,
      signal: new AbortController().signal,
    });
    return { ...said, code };
  };
  return {
    dir,
    account,
    opened,
    tools,
    run,
    deploy: (options = { yes: true }, env) => run((io) => deploy(options, io, tools), env),
    haveTable: async (columns) => {
      const catalog = { type: "folder" } as const;
      const place = { warehouse: join(dir, "lake"), database: "matano", catalog, clock: systemClock };
      const lake = await openLake(place);
      const all: readonly Column[] = [{ name: "ts", type: "timestamptz" }, ...columns];
      await lake.create("duo_auth", { columns: all, properties: {} });
      account.databases.set("matano", { tables: ["duo_auth"], isLakeFormationOnly: false });
      openLakeOf = ({ warehouse }) => {
        expect(warehouse).toBe("s3://duodata-main-123456789012-eu-central-1/lake");
        return Promise.resolve(lake);
      };
    },
    setLake: (open) => {
      openLakeOf = open;
    },
    writeFields: (...fields) => {
      const text = `schema:\n  fields:\n${fields.map((field) => `    - ${field}\n`).join("")}`;
      return writeFile(join(dir, "logs/log_sources/duo/tables/auth.yml"), text);
    },
    [Symbol.asyncDispose]: () => rm(dir, { recursive: true, force: true }),
  };
}
