import { createHash } from "node:crypto";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runChild } from "./child.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const VENV = join(ROOT, ".interop", "venv");
const MARKER = join(VENV, "requirements.sha256");

/** PyIceberg has no wheels for older ones. */
const VERSION_MIN = [3, 9] as const;
/** From this one on there are wheels of the newest packages. */
const VERSION_NEW = [3, 11] as const;
const NAMES: readonly string[] = ["python3", "python", "python3.13", "python3.12", "python3.11"];

const LOOK_TIMEOUT_MS = 20_000;
const VENV_TIMEOUT_MS = 120_000;
const PIP_TIMEOUT_MS = 600_000;

/**
 * Gives a Python interpreter that has the packages of `requirements.txt`, in an environment of the project's own that is
 * made once and again when the requirements or the interpreter change.
 *
 * @throws Error that says what to install
 */
export async function preparePython(print: (line: string) => void): Promise<string> {
  const { command, version } = await findPython();
  const file = requirementsOf(version);
  const requirements = await readFile(fileURLToPath(new URL(file, import.meta.url)));
  const wanted = createHash("sha256").update(version).update("\n").update(requirements).digest("hex");
  const python =
    process.platform === "win32" ? join(VENV, "Scripts", "python.exe") : join(VENV, "bin", "python");
  const made = await readFile(MARKER, "utf8").catch(() => "");
  if (made.trim() === wanted && (await versionOf(python)) !== undefined) {
    print(`Python ${version}, environment .interop/venv is up to date`);
    return python;
  }
  print(`Python ${version}, making the environment .interop/venv`);
  await rm(VENV, { recursive: true, force: true });
  await must(command, ["-m", "venv", VENV], {
    timeoutMs: VENV_TIMEOUT_MS,
    doing: "make a virtual environment",
    hint: "Python's venv and pip are needed (Debian, Ubuntu: apt install python3-venv)",
  });
  print(`installing the packages of test/interop/${file}`);
  await must(
    python,
    [
      "-m",
      "pip",
      "install",
      "--disable-pip-version-check",
      "-r",
      fileURLToPath(new URL(file, import.meta.url)),
    ],
    {
      timeoutMs: PIP_TIMEOUT_MS,
      doing: "install the Python packages",
      hint: "a package index must be reachable, and Python must not be newer than the pinned packages",
      onLine: (line) => {
        const name = /^Collecting (\S+)/.exec(line)?.[1];
        if (name !== undefined) print(`  ${name}`);
      },
    },
  );
  await writeFile(MARKER, `${wanted}\n`);
  return python;
}

function requirementsOf(version: string): string {
  const minor = Number(version.split(".")[1]);
  return minor >= VERSION_NEW[1] ? "requirements.txt" : "requirements-3.9.txt";
}

async function findPython(): Promise<{ readonly command: string; readonly version: string }> {
  const given = process.env["PYTHON"];
  const candidates = given === undefined || given === "" ? NAMES : [given];
  const tooOld: string[] = [];
  for (const command of candidates) {
    const version = await versionOf(command);
    if (version === undefined) continue;
    const [major = 0, minor = 0] = version.split(".").map(Number);
    if (major === VERSION_MIN[0] && minor >= VERSION_MIN[1]) return { command, version };
    tooOld.push(`${command} is ${version}`);
  }
  const found = tooOld.length === 0 ? `none of ${candidates.join(", ")}` : tooOld.join(", ");
  throw new Error(
    `Cannot run the interop checks: Python ${VERSION_MIN.join(".")} or newer is needed, got ${found}; the variable PYTHON names another one`,
  );
}

async function versionOf(command: string): Promise<string | undefined> {
  let version: string | undefined;
  const program = "import sys; print('.'.join(map(str, sys.version_info[:3])))";
  const { code } = await runChild(command, ["-c", program], {
    timeoutMs: LOOK_TIMEOUT_MS,
    onLine: (line) => {
      version = line.trim();
    },
  });
  return code === 0 ? version : undefined;
}

async function must(
  command: string,
  args: readonly string[],
  options: {
    readonly timeoutMs: number;
    readonly doing: string;
    readonly hint: string;
    readonly onLine?: (line: string) => void;
  },
): Promise<void> {
  const { doing, hint } = options;
  const said: string[] = [];
  const ended = await runChild(command, args, {
    ...options,
    onLine: (line) => {
      said.push(line);
      options.onLine?.(line);
    },
  });
  if (ended.code === 0) return;
  const complaint = ended.complaint === "" ? said.slice(-5).join("\n") : ended.complaint;
  throw new Error(`Cannot ${doing}: ${hint}, got exit code ${ended.code}\n${complaint}`);
}
