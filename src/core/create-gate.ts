/** Runs pieces of work, some of them at a time, in the order asked for; a failure is the caller's and holds up nobody. */
export type Gate = <T>(work: () => Promise<T>) => Promise<T>;
/** A gate that lets one through at a time. */
export type Exclusively = Gate;

/** Makes a gate within this process that lets `countMax` pieces of work through at a time. */
export function createGate(countMax: number): Gate {
  let free = countMax;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      // The place goes straight to the next in line: nobody who comes later can take it.
      if (next === undefined) free += 1;
      else next();
    }
  };
}

/** Makes a mutex within this process. */
export function createMutex(): Exclusively {
  return createGate(1);
}
