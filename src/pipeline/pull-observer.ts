import type { Window } from "../duo/page.ts";

/** What a pull tells while it works. */
export interface PullObserver {
  /** A page was taken in; `readThroughMs` is how far the pull has got, `window` what it reads in all. */
  readonly onPage?: (page: {
    readonly eventCount: number;
    readonly readThroughMs: number | undefined;
    readonly window: Window;
  }) => void;
  readonly onCommit?: (commit: { readonly rowCount: number; readonly durationMs: number }) => void;
}
