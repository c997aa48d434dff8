// Writes the template that `duolake deploy` sends.
import { writeFileSync } from "node:fs";
import { synthesize } from "./lib/synthesize.ts";

writeFileSync(new URL("template.json", import.meta.url), synthesize());
