// Calls the handler of a bundle with the event on standard input and writes its answer to the fourth descriptor.
import { writeSync } from "node:fs";
import { text } from "node:stream/consumers";
import { pathToFileURL } from "node:url";

const [file, timeMs] = process.argv.slice(2);
const event = JSON.parse(await text(process.stdin));
const endMs = Date.now() + Number(timeMs);
const { handler } = await import(pathToFileURL(file).href);
const answer = await handler(event, { getRemainingTimeInMillis: () => endMs - Date.now() });
writeSync(3, JSON.stringify(answer ?? null));
process.exit(0);
