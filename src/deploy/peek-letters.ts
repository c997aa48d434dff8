import type { DeadLetter, DeadLetters } from "./dead-letters.ts";

/** Longer than a look takes; given back before that. */
const HIDDEN_SECONDS = 30;
/** 500 messages are more than anybody reads. */
const BATCH_COUNT_MAX = 50;

/**
 * Looks at the messages of a dead-letter queue and gives them back at once.
 *
 * A FIFO queue shows up to ten of each group: it hides the others as long as the first ones are out. Looking counts as
 * receiving; nothing follows from it in a dead-letter queue.
 *
 * @returns oldest first
 */
export async function peekLetters(letters: DeadLetters, queueUrl: string): Promise<readonly DeadLetter[]> {
  const seen = new Map<string, DeadLetter>();
  try {
    for (let batch = 0; batch < BATCH_COUNT_MAX; batch += 1) {
      const taken = await letters.receive(queueUrl, HIDDEN_SECONDS);
      if (taken.length === 0) break;
      for (const letter of taken) seen.set(letter.id, letter);
    }
  } finally {
    await letters.release(queueUrl, [...seen.values()]);
  }
  return [...seen.values()].sort((a, b) => a.sentAtMs - b.sentAtMs);
}
