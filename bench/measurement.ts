/** One figure of the benchmark. */
export interface Measurement {
  readonly name: string;
  /** Each run's value, in order. */
  readonly values: readonly number[];
  readonly unit: string;
  /** What it must reach: at least (`min`) or at most (`max`). */
  readonly goal?: { readonly min: number } | { readonly max: number };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}

/** CPU time that this process used while the work ran, in milliseconds, its threads included. */
export async function cpuMsOf(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const used = process.cpuUsage(before);
  return (used.user + used.system) / 1000;
}
