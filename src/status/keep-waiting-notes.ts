import type { Clock } from "../core/clock.ts";
import { DuolakeError } from "../core/errors.ts";
import type { Journal } from "./journal.ts";
import type { Traffic } from "./traffic.ts";
import { toWaitingNote, waitingNoteName } from "./waiting-note.ts";

const INTERVAL_MS = 3_000;

/**
 * Notes in the journal what waits at which log source, so that `status`, another process, can say why. Resolves when the signal
 * is aborted; the notes are empty then.
 *
 * @param sources names of the log sources
 */
export async function keepWaitingNotes(
  parts: { readonly traffic: Traffic; readonly journal: Journal; readonly clock: Clock },
  sources: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const { traffic, journal, clock } = parts;
  const noted = new Set<string>();
  const note = async (isEnd: boolean): Promise<void> => {
    const waits = isEnd ? [] : traffic.waits();
    for (const source of sources) {
      const own = waits.filter((wait) => wait.source === source);
      // Nothing waits most of the time: then nothing is written either.
      if (own.length === 0 && !noted.delete(source)) continue;
      if (own.length > 0) noted.add(source);
      await journal.writeNote(waitingNoteName(source), toWaitingNote(own, clock.nowMs()));
    }
  };
  try {
    while (!signal.aborted) {
      await note(false);
      await clock.sleep(INTERVAL_MS, signal);
    }
  } catch (error) {
    if (!(error instanceof DuolakeError) || error.code !== "stopped") throw error;
  } finally {
    await note(true);
  }
}
