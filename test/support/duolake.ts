import { main } from "../../src/cli/main.ts";

// What `bin/duolake.js` is after the build.
process.exitCode = await main(process.argv.slice(2));
