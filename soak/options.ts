import { parseArgs } from "node:util";

/** What a soak is run with. */
export interface SoakOptions {
  /** Virtual days of trouble, 2 to 120; a week in which the program does not run follows. */
  readonly days: number;
  /** People in the main account; each child account of the provider has a tenth of them. */
  readonly users: number;
  /** Decides the events and everything that goes wrong. */
  readonly seed: number;
  /** From one pull of a table to its next, virtual minutes. */
  readonly intervalMin: number;
}

/**
 * Reads `--days`, `--users`, `--seed` and `--interval-min`.
 *
 * @throws Error for other arguments and for numbers that are out of range
 */
export function soakOptions(argv: readonly string[]): SoakOptions {
  const text = { type: "string" } as const;
  const { values } = parseArgs({
    args: [...argv],
    options: { days: text, users: text, seed: text, "interval-min": text },
  });
  return {
    days: whole("days", values.days ?? "30", { min: 2, max: 120 }),
    users: whole("users", values.users ?? "100", { min: 10, max: 10_000 }),
    seed: whole("seed", values.seed ?? "1", { min: 0, max: 1e9 }),
    intervalMin: whole("interval-min", values["interval-min"] ?? "60", { min: 1, max: 1_440 }),
  };
}

function whole(
  name: string,
  text: string,
  { min, max }: { readonly min: number; readonly max: number },
): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw new Error(`Cannot soak: --${name} must be a whole number from ${min} to ${max}, got ${text}`);
}
