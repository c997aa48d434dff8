import { spawn } from "node:child_process";
import { on } from "node:events";
import { fileURLToPath } from "node:url";
import type { Code } from "./code.ts";
import type { World } from "./world.ts";

/** What one invocation took, measured in the process of the function. */
export interface Invocation {
  readonly answer: unknown;
  /** From the start of the process until the bundle was loaded, ms. */
  readonly loadedMs: number;
  readonly wallMs: number;
  readonly cpuMs: number;
  /** The largest that the process ever was. */
  readonly peakMb: number;
}

/** A function as it lives from a cold start on; disposing it ends the process. */
export interface Container extends AsyncDisposable {
  /** When the process was started, ms since 1970. */
  readonly startedAtMs: number;
  /** One at a time. @throws Error where the process ends instead of answering */
  readonly invoke: (event: object) => Promise<Invocation>;
  /** The end of what it logged. */
  readonly log: () => string;
}

const RUNNER = fileURLToPath(new URL("run-handler.mjs", import.meta.url));
/** As the template has them. */
const TIMEOUT_MS = { puller: 240_000, maintainer: 900_000 } as const;

/** Starts a Node process with the bundle of a function, as Lambda does for a new container. */
export function startContainer(
  { code, world }: { readonly code: Code; readonly world: World },
  name: keyof typeof TIMEOUT_MS,
): Container {
  const startedAtMs = Date.now();
  const child = spawn(process.execPath, [RUNNER, `${code.folder}/${name}.mjs`, String(TIMEOUT_MS[name])], {
    cwd: code.folder,
    env: world.env,
    stdio: ["pipe", "pipe", "pipe", "ipc"],
  });
  const exited = new Promise<"exited">((resolve) => child.once("exit", () => resolve("exited")));
  const answers = on(child, "message") as AsyncIterableIterator<[Invocation]>;
  // Whoever is gone is told of by its exit.
  child.stdin?.on("error", () => {});
  let log = "";
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding("utf8").on("data", (text: string) => void (log = (log + text).slice(-20_000)));
  return {
    startedAtMs,
    invoke: async (event) => {
      child.stdin?.write(`${JSON.stringify(event)}\n`);
      const told = await Promise.race([answers.next(), exited]);
      if (told === "exited" || told.done === true)
        throw new Error(`Cannot measure: the function ended, got ${log}`);
      return told.value[0];
    },
    log: () => log,
    [Symbol.asyncDispose]: async () => {
      child.stdin?.end();
      await exited;
    },
  };
}
