import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { openAccount } from "../../src/cli/aws-options.ts";
import { deploy, type DeployFiles } from "../../src/cli/deploy.ts";
import { destroy } from "../../src/cli/destroy.ts";
import { diffStack } from "../../src/cli/diff-stack.ts";
import type { Io } from "../../src/cli/io.ts";

/** How a command ended. */
export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs commands on a Matano directory. */
export interface Shell {
  /** The program as users have it, in a process of its own. */
  readonly run: (argv: readonly string[], stdin?: string) => Promise<Ran>;
  /** These take a template that the emulator understands; `adopts` one for a bucket that is there. */
  readonly deploy: (options?: { readonly dryRun?: boolean; readonly adopts?: boolean }) => Promise<Ran>;
  readonly diff: () => Promise<Ran>;
  readonly destroy: () => Promise<Ran>;
}

const PROGRAM = fileURLToPath(new URL("../support/duolake.ts", import.meta.url));

export function startShell(options: {
  readonly dir: string;
  readonly env: Readonly<Record<string, string>>;
  readonly files: DeployFiles;
  /** A template that does not make the bucket of the tables. */
  readonly adoptingTemplate: string;
}): Shell {
  const { dir, files } = options;
  const env = { ...process.env, ...options.env };
  const inside = async (work: (io: Io) => Promise<number>): Promise<Ran> => {
    const said = { out: "", err: "" };
    const io: Io = {
      out: (text) => void (said.out += text),
      drain: async () => {},
      err: (text) => void (said.err += text),
      env,
      cwd: dir,
      isTerminal: false,
      signal: new AbortController().signal,
    };
    try {
      return { code: await work(io), ...said };
    } catch (error) {
      return { code: 1, ...said, err: `${said.err}${String(error)}` };
    }
  };
  const tools = { open: openAccount, files };
  return {
    run: (argv, stdin = "") => runProgram(argv, { dir, env, stdin }),
    deploy: ({ adopts, ...asked } = {}) => {
      const template = adopts === true ? options.adoptingTemplate : files.template;
      const own = { ...tools, files: { ...files, template } };
      return inside((io) => deploy({ yes: true, ...asked }, io, own));
    },
    diff: () => inside((io) => diffStack({}, io, tools)),
    destroy: () =>
      inside((io) =>
        destroy({ yes: true, label: "main" }, io, { open: openAccount, templatePath: files.template }),
      ),
  };
}

async function runProgram(
  argv: readonly string[],
  { dir, env, stdin }: { readonly dir: string; readonly env: NodeJS.ProcessEnv; readonly stdin: string },
): Promise<Ran> {
  const args = ["--import", import.meta.resolve("tsx"), PROGRAM, ...argv];
  const child = spawn(process.execPath, args, { cwd: dir, env, stdio: "pipe" });
  const said = { out: "", err: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => void (said.out += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => void (said.err += text));
  child.stdin.end(stdin);
  const [code] = (await once(child, "close")) as [number | null];
  return { code, ...said };
}
