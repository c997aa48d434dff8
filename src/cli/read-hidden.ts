import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import type { Io } from "./io.ts";

/**
 * Asks for one line on the terminal without showing what is typed.
 *
 * @throws AbortError when the program is stopped
 */
export function readHidden(question: string, io: Io): Promise<string> {
  io.err(question);
  // readline echoes to its output; one that swallows everything keeps the secret off the screen.
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const prompt = createInterface({ input: process.stdin, output: nowhere, terminal: true });
  return new Promise((resolve, reject) => {
    const stop = (): void => prompt.close();
    io.signal.addEventListener("abort", stop, { once: true });
    let answered = false;
    // In terminal mode readline takes Ctrl-C itself.
    prompt.on("SIGINT", stop);
    prompt.on("line", (line) => {
      answered = true;
      resolve(line);
      prompt.close();
    });
    prompt.on("close", () => {
      io.signal.removeEventListener("abort", stop);
      io.err("\n");
      if (!answered) reject(new Error("Cannot read the secret key: the input ended before it"));
    });
  });
}
