import { hasMiniAws } from "../interop/mini-aws.ts";
import { preparePython } from "../interop/python.ts";
import { createReport } from "../interop/report.ts";
import { checkDeployment } from "./check-deployment.ts";
import { openStage } from "./stage.ts";

// Puts a directory to work in an AWS on this machine (MiniStack), runs the bundle of the functions in it, and compares
// what arrived with the simulator's ledger: `npm run test:aws`. No real account is asked for anything.

const print = (line: string): void => console.log(line);
const report = createReport(print);
const python = await preparePython(print);
if (await hasMiniAws(python)) {
  await using stage = await openStage(python, print);
  await checkDeployment(stage, report);
} else {
  print("MiniStack needs Python 3.11 or newer: nothing was checked");
  process.exitCode = 1;
}

const { passed, failed } = report.counts();
print(`${passed} passed, ${failed} failed`);
if (failed > 0) process.exitCode = 1;
