/** A signal that is aborted at a given time; disposing it takes the timer away. */
export interface Deadline extends Disposable {
  readonly signal: AbortSignal;
}

/**
 * Starts a deadline.
 *
 * @param delayMs from now; one that is over already is aborted at once
 */
export function startDeadline(delayMs: number): Deadline {
  const controller = new AbortController();
  const end = (): void => controller.abort();
  if (delayMs <= 0) end();
  const timer = setTimeout(end, Math.max(0, delayMs));
  return { signal: controller.signal, [Symbol.dispose]: () => clearTimeout(timer) };
}
