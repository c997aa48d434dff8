/** What a command may touch of the process: injected, so that tests run commands without one. */
export interface Io {
  /** Results. */
  readonly out: (text: string) => void;
  /** Resolves when what was written to `out` has been taken, or the signal was aborted; await it while writing without end. */
  readonly drain: () => Promise<void>;
  /** Progress, warnings and errors. */
  readonly err: (text: string) => void;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** True where standard error is a terminal: then progress is drawn. */
  readonly isTerminal: boolean;
  /** Width of that terminal in characters; undefined where it is not known. */
  readonly columns?: number | undefined;
  /** Aborted by SIGINT and SIGTERM. */
  readonly signal: AbortSignal;
}
