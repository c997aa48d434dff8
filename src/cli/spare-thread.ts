import { availableParallelism } from "node:os";
import { type RowThread, rowThread } from "../pipeline/beside/row-thread.ts";

/** Where many rows are made and written beside the pull: on one processor a second thread would only cost. */
export function spareThread(): { readonly rowThread?: RowThread } {
  return availableParallelism() > 1 ? { rowThread: rowThread() } : {};
}
