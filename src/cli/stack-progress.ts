import type { StackEvent } from "../deploy/stacks.ts";
import type { Io } from "./io.ts";
import { createLiveLines } from "./live-lines.ts";

/** Shows how a change of a stack goes on, resource by resource. */
export interface StackProgress {
  readonly event: (event: StackEvent) => void;
  /** Says something that stays. */
  readonly say: (text: string) => void;
  /** Clears what was drawn. */
  readonly end: () => void;
}

const STACK = "AWS::CloudFormation::Stack";

/** Live lines of what is under way on a terminal, and a line for each resource that is done elsewhere. */
export function createStackProgress(io: Io): StackProgress {
  const lines = createLiveLines(io, { lineIntervalMs: 0 });
  const going = new Map<string, string>();
  let doneCount = 0;
  return {
    event: ({ logicalId, type, status, reason = "" }) => {
      if (type === STACK) return;
      const text = `${logicalId} ${type} ${status}`;
      const isFailed = status.endsWith("_FAILED");
      if (status.endsWith("_IN_PROGRESS")) going.set(logicalId, text);
      else {
        going.delete(logicalId);
        doneCount += 1;
      }
      if (isFailed) lines.say(`${text}: ${reason}`);
      else if (!io.isTerminal && !status.endsWith("_IN_PROGRESS")) lines.say(text);
      lines.draw(
        () => [`${doneCount} done`, ...going.values()],
        () => `${doneCount} done`,
      );
    },
    say: lines.say,
    end: lines.end,
  };
}
