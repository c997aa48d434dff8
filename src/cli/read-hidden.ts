import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { stopped } from "../core/clock.ts";
import { DuolakeError } from "../core/errors.ts";
import type { Io } from "./io.ts";

/**
 * Asks for one line on the terminal without showing what is typed.
 *
 * @throws stopped, also at Ctrl-C; usage_invalid where the input ends
 */
export function readHidden(question: string, io: Io): Promise<string> {
  io.err(question);
  // readline echoes to its output; one that swallows everything keeps the secret off the screen.
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const prompt = createInterface({ input: process.stdin, output: nowhere, terminal: true });
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      reject(stopped());
      prompt.close();
    };
    io.signal.addEventListener("abort", stop, { once: true });
    // In terminal mode readline takes Ctrl-C itself.
    prompt.on("SIGINT", stop);
    prompt.on("line", (line) => {
      resolve(line);
      prompt.close();
    });
    prompt.on("close", () => {
      io.signal.removeEventListener("abort", stop);
      io.err("\n");
      // Too late where the line or the stop came first.
      reject(new DuolakeError("usage_invalid", "Cannot read the secret key: the input ended before it"));
    });
  });
}
