/** One thing that was looked at. */
export interface Check {
  readonly name: string;
  readonly ok: boolean;
  /** What was found: how much of it when it is right, what differs when it is not. */
  readonly detail: string;
}

/** Prints checks as they come and counts them. */
export interface Report {
  readonly add: (check: Check) => void;
  /** Runs one check; what it throws is its failure. */
  readonly run: (name: string, work: () => Promise<string>) => Promise<void>;
  readonly counts: () => { readonly passed: number; readonly failed: number };
}

/** Makes an empty report. */
export function createReport(print: (line: string) => void): Report {
  let passed = 0;
  let failed = 0;
  const add: Report["add"] = ({ name, ok, detail }) => {
    if (ok) passed += 1;
    else failed += 1;
    print(`${ok ? "ok  " : "FAIL"}  ${name}${detail === "" ? "" : `: ${detail}`}`);
  };
  return {
    add,
    run: async (name, work) => {
      try {
        add({ name, ok: true, detail: await work() });
      } catch (error) {
        add({ name, ok: false, detail: error instanceof Error ? error.message : String(error) });
      }
    },
    counts: () => ({ passed, failed }),
  };
}
