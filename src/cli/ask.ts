import { createInterface } from "node:readline";
import { stopped } from "../core/clock.ts";
import { DuolakeError } from "../core/errors.ts";
import type { Io } from "./io.ts";

/**
 * Asks for one line on the terminal.
 *
 * @param how.otherwise what to give where there is no terminal: `--yes`
 * @returns the line without blanks around it
 * @throws usage_invalid where nobody can be asked or the input ends, stopped
 */
export function ask(question: string, how: { readonly io: Io; readonly otherwise: string }): Promise<string> {
  const { io, otherwise } = how;
  if (!process.stdin.isTTY) {
    const message = `Cannot go on: there is no terminal to ask on, give ${otherwise}`;
    return Promise.reject(new DuolakeError("usage_invalid", message));
  }
  io.err(question);
  const prompt = createInterface({ input: process.stdin, terminal: false });
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      reject(stopped());
      prompt.close();
    };
    io.signal.addEventListener("abort", stop, { once: true });
    prompt.on("line", (line) => {
      resolve(line.trim());
      prompt.close();
    });
    prompt.on("close", () => {
      io.signal.removeEventListener("abort", stop);
      // Too late where the line or the stop came first.
      reject(new DuolakeError("usage_invalid", "Cannot go on: the input ended before the answer"));
    });
  });
}
