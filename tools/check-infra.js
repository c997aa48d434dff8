// Checks the CloudFormation template in infra/, whose packages are installed when they are missing. Plain JavaScript, like build.js.
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("../infra", import.meta.url));

function npm(parameters, stdio) {
  execFileSync("npm", parameters, { cwd: folder, stdio });
}

function isInstalled() {
  try {
    npm(["ls"], "ignore");
    return true;
  } catch {
    return false;
  }
}

// 190 MB that only the template's authors need: no dependency of the program.
if (!isInstalled()) npm(["ci"], "inherit");
npm(["run", "check"], "inherit");
