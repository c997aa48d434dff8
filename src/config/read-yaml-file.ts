import { open, stat } from "node:fs/promises";
import { join } from "node:path";

import { LineCounter, parseDocument } from "yaml";
import type { Document } from "yaml";

import { errorText, systemCode } from "../core/errors.ts";
import { decodeText } from "./decode-text.ts";
import type { ConfigProblem, Position } from "./problem.ts";
import { yamlFile } from "./yaml-file.ts";
import type { YamlFile } from "./yaml-file.ts";

const sizeBytesMax = 1_048_576;

/**
 * Reads one YAML file of the directory.
 *
 * @param file relative to `dir`, with `/`
 * @returns the file; `undefined` where it cannot be read or parsed, and then `problems` has the reason
 */
export async function readYamlFile(
  dir: string,
  file: string,
  problems: ConfigProblem[],
): Promise<YamlFile | undefined> {
  const start = { file, line: 1, column: 1 };
  let bytes: Uint8Array;
  try {
    bytes = await readBounded(join(dir, file));
  } catch (error) {
    problems.push({ ...start, message: unreadable(error) });
    return undefined;
  }
  if (bytes.length > sizeBytesMax) {
    problems.push({ ...start, message: `the file is larger than ${sizeBytesMax / 1024} KiB` });
    return undefined;
  }
  const decoded = decodeText(bytes);
  if ("reason" in decoded) {
    problems.push({ file, ...decoded.position, message: decoded.reason });
    return undefined;
  }
  return parseYaml(file, decoded.text, problems);
}

/** Parses the text of a file; `undefined` where it is not YAML, and then `problems` has the reason. */
export function parseYaml(file: string, text: string, problems: ConfigProblem[]): YamlFile | undefined {
  const lineCounter = new LineCounter();
  const position = (offset: number): Position => {
    const { line, col } = lineCounter.linePos(Math.min(offset, text.length));
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  let document: Document.Parsed;
  try {
    // Repeated keys are found later, with their names.
    document = parseDocument(text, { lineCounter, prettyErrors: false, uniqueKeys: false });
  } catch (error) {
    problems.push({ file, line: 1, column: 1, message: `not valid YAML: ${plainMessage(errorText(error))}` });
    return undefined;
  }
  // What follows the first error is mostly its echo.
  const first = [...document.errors, ...document.warnings].sort((a, b) => a.pos[0] - b.pos[0])[0];
  if (first !== undefined) {
    const message =
      first.code === "MULTIPLE_DOCS" ? "a second document starts here" : plainMessage(first.message);
    problems.push({ file, ...position(first.pos[0]), message: `not valid YAML: ${message}` });
    return undefined;
  }
  return yamlFile({ file, document, position }, problems);
}

/** Leaves out the piece of the file that some of the parser's messages quote: it may be a secret. */
function plainMessage(message: string): string {
  return (message.split(/: ["{']/)[0] ?? "").replace(/\.$/, "").slice(0, 200);
}

async function readBounded(path: string): Promise<Uint8Array> {
  // Opening a pipe would wait for ever.
  const found = await stat(path);
  if (found.isDirectory()) throw new Error("a folder stands where a file should be");
  if (!found.isFile()) throw new Error("it is not a plain file");
  const handle = await open(path, "r");
  try {
    const buffer = Buffer.alloc(sizeBytesMax + 1);
    let length = 0;
    while (length < buffer.length) {
      const { bytesRead } = await handle.read(buffer, length, buffer.length - length, null);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    return buffer.subarray(0, length);
  } finally {
    await handle.close();
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "the file does not exist",
  EACCES: "the file cannot be read: permission denied",
  EPERM: "the file cannot be read: permission denied",
};

function unreadable(error: unknown): string {
  const code = systemCode(error);
  if (code === undefined) return errorText(error);
  return REASONS[code] ?? `the file cannot be read: ${code}`;
}
