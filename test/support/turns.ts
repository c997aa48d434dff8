import { setImmediate as turn } from "node:timers/promises";

/** Decides who goes next where several pieces of work wait for each other's memory; no real time is involved. */
export interface Turns {
  /** Resolves when it is the caller's turn. */
  readonly wait: () => Promise<void>;
  /** Gives turns, as the choices say, until the work has ended; throws where nobody waits and it does not end. */
  readonly drive: (work: Promise<unknown>, choices: readonly number[]) => Promise<void>;
}

const IDLE_TURN_COUNT_MAX = 50;

/** Makes turns. Between two of them everything that can go on without one does. */
export function createTurns(): Turns {
  const waiting: (() => void)[] = [];
  return {
    wait: () => new Promise((resolve) => waiting.push(resolve)),
    drive: async (work, choices) => {
      const state = { hasEnded: false };
      const end = work.finally(() => {
        state.hasEnded = true;
      });
      end.catch(() => {});
      let count = 0;
      let idleCount = 0;
      while (!state.hasEnded) {
        await turn();
        idleCount = waiting.length === 0 ? idleCount + 1 : 0;
        if (idleCount > IDLE_TURN_COUNT_MAX) throw new Error("Cannot go on: nobody waits for a turn");
        if (waiting.length === 0) continue;
        const choice = choices[count % Math.max(1, choices.length)] ?? 0;
        count += 1;
        waiting.splice(choice % waiting.length, 1)[0]?.();
      }
      await end;
    },
  };
}
