import type { Cursor } from "./cursor.ts";

/** How far a drain has got when it commits. */
export interface Progress {
  /** Every event before this time was taken in, ms since 1970; undefined while no page has shown it. */
  readonly readThroughMs: number | undefined;
  /** The value of a gauge that is being stored. */
  readonly gauge: Cursor["gauge"];
  /** True for the commit that ends the drain. */
  readonly isEnd: boolean;
}

/** What the commits of one drain say about how far the lane has got: the value of the lane's fence. */
export interface Mark {
  /**
   * @returns the property's next text, different from every one before; whether it is worth a commit without rows; and
   *   `landed`, to be called once it was committed
   */
  readonly next: (progress: Progress) => {
    readonly text: string;
    readonly isDue: boolean;
    readonly landed: () => void;
  };
}
