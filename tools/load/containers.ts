/** One container of the function. */
export interface LoadContainer {
  /** Messages whose log sources it still has open, and how many these are; the latest is the last. */
  readonly opened: Map<string, number>;
}

/** Containers of one function, as Lambda keeps them. */
export interface Containers {
  /** A container takes a message; `isNew` where it had to start for it. */
  readonly take: (nowMs: number) => { readonly container: LoadContainer; readonly isNew: boolean };
  /** A container is free again. */
  readonly free: (container: LoadContainer, nowMs: number) => void;
  readonly busyCount: () => number;
}

/** An estimate: Lambda does not say how long it keeps a container that nobody asks for. */
const IDLE_MS_MAX = 600_000;

/** Makes a function without containers. The one that was free last is taken first, so that the others can go. */
export function createContainers(): Containers {
  const free: { readonly container: LoadContainer; readonly sinceMs: number }[] = [];
  let busyCount = 0;
  return {
    take: (nowMs) => {
      busyCount += 1;
      const last = free.pop();
      const isKept = last !== undefined && nowMs - last.sinceMs <= IDLE_MS_MAX;
      return { container: isKept ? last.container : { opened: new Map() }, isNew: !isKept };
    },
    free: (container, nowMs) => {
      busyCount -= 1;
      free.push({ container, sinceMs: nowMs });
    },
    busyCount: () => busyCount,
  };
}
