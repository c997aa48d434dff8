import { parseArgs } from "node:util";
import { textTable } from "../src/cli/text-table.ts";
import { type Code, openCode } from "./measure/code.ts";
import { loginPattern } from "./measure/logins.ts";
import { median } from "../bench/measurement.ts";
import { type Measured, measureFleet, measureShard, measureSource } from "./measure/situations.ts";

// Measures the functions of a deployment: `npm run measure:lambda -- --help`.

const HELP = `Measures the bundle of the Lambda functions: its size, its cold start, and what invocations take.

The bundle runs in a Node process of its own; S3, Glue and Duo are small servers in the measuring process. Their time is in
the clock of an invocation, and not in its CPU time. Secrets come from the environment. "At 1 GiB" is what a function of
1,024 MiB may take: Lambda gives it 0.58 of a processor, so each second of CPU time is 1.73, and none of it while it waits.

Usage: npm run measure:lambda -- [--runs N] [--aws-latency MS] [--duo-latency MS] [--json]

  --runs N         invocations of each kind, 1 or more; default 5
  --aws-latency N  ms that S3 and Glue take for each request, on top of what the small servers do; default 20
  --duo-latency N  the same for Duo; default 150
  --json           every invocation, for other programs

Examples:
  npm run measure:lambda
  npm run --silent measure:lambda -- --runs 3 --json > lambda.json
`;

/** Lambda gives a whole processor at 1,769 MB, and of it in proportion (Lambda Developer Guide, "Configure memory"). */
const CPU_SHARE = 1024 / 1769;

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "5" },
    "aws-latency": { type: "string", default: "20" },
    "duo-latency": { type: "string", default: "150" },
    json: { type: "boolean" },
    help: { type: "boolean", short: "h" },
  },
});
if (values.help === true) process.stdout.write(HELP);
else await main();

async function main(): Promise<void> {
  const runCount = wholeNumber("runs", 1);
  const latency = { awsMs: wholeNumber("aws-latency", 0), duoMs: wholeNumber("duo-latency", 0) };
  await using code = await openCode();
  const options = { code, logins: await loginPattern(), latency, runCount };
  process.stderr.write("one log source …\n");
  const source = await measureSource(options);
  process.stderr.write("25 log sources …\n");
  const shard = await measureShard(options);
  process.stderr.write("5,000 log sources …\n");
  const measured = [...source, ...shard, ...(await measureFleet(options))];
  const { zipBytes, unpackedBytes, javaScriptBytes } = code;
  const sizes = { zipBytes, unpackedBytes, javaScriptBytes };
  process.stdout.write(
    values.json === true ? `${JSON.stringify({ sizes, latency, measured })}\n` : report(sizes, measured),
  );
}

function wholeNumber(name: "runs" | "aws-latency" | "duo-latency", min: number): number {
  const number = Number(values[name]);
  if (Number.isInteger(number) && number >= min) return number;
  throw new Error(`Cannot measure: --${name} must be a whole number, ${min} or more, got ${values[name]}`);
}

type Sizes = Pick<Code, "zipBytes" | "unpackedBytes" | "javaScriptBytes">;

function report({ zipBytes, unpackedBytes, javaScriptBytes }: Sizes, measured: readonly Measured[]): string {
  const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
  const columns = ["", "clock s", "CPU s", "at 1 GiB s", "peak MB", "Duo", "S3 writes", "S3 reads", "Glue"];
  const rows = measured.map(({ name, invocations, requests }) => {
    const seconds = (of: "wallMs" | "cpuMs"): number => median(invocations.map((one) => one[of])) / 1000;
    return [
      name,
      seconds("wallMs").toFixed(2),
      seconds("cpuMs").toFixed(2),
      (seconds("wallMs") + seconds("cpuMs") * (1 / CPU_SHARE - 1)).toFixed(2),
      median(invocations.map(({ peakMb }) => peakMb)).toFixed(0),
      ...[requests.duo, requests.s3Writes, requests.s3Reads, requests.glue].map(String),
    ];
  });
  const cold = measured.find(({ firstRequestMs }) => firstRequestMs.length > 1) ?? measured[0];
  const coldMs = (values_: readonly number[]): string => `${median(values_).toFixed(0)} ms`;
  return [
    `zip ${megabytes(zipBytes)}, unpacked ${megabytes(unpackedBytes)}, of which ${megabytes(javaScriptBytes)} JavaScript\n`,
    `new container to its first request to Duo: ${coldMs(cold?.firstRequestMs ?? [])}`,
    `, of which Node and the bundle ${coldMs((cold?.invocations ?? []).map(({ loadedMs }) => loadedMs))}\n\n`,
    textTable(
      columns.map((title, index) => ({ title, align: index === 0 ? "left" : "right" })),
      rows,
    ),
  ].join("");
}
