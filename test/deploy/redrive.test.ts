import { describe, expect, test } from "vitest";
import type { DeadLetter, DeadLetters, MoveState } from "../../src/deploy/dead-letters.ts";
import { peekLetters } from "../../src/deploy/peek-letters.ts";
import { redrive, type RedriveRequest } from "../../src/deploy/redrive.ts";

function letter(id: string, how: Partial<DeadLetter> = {}): DeadLetter {
  return { id, body: "duo", receipt: `r-${id}`, group: "duo", sentAtMs: 1_000, receiveCount: 3, ...how };
}

/** A queue in memory: what was received is out of sight until it is released. */
function queue(
  start: readonly DeadLetter[],
  moves: readonly MoveState[] = [],
): {
  readonly letters: DeadLetters;
  readonly kept: () => string[];
  readonly visible: () => string[];
  readonly sent: string[];
} {
  let kept = [...start];
  const hidden = new Set<string>();
  const sent: string[] = [];
  const states = [...moves];
  const letters: DeadLetters = {
    receive: async () => {
      const taken = kept.filter(({ id }) => !hidden.has(id)).slice(0, 10);
      for (const { id } of taken) hidden.add(id);
      return taken;
    },
    release: async (_, given) => {
      for (const { id } of given) hidden.delete(id);
    },
    remove: async (_, { id }) => {
      kept = kept.filter((each) => each.id !== id);
    },
    send: async (to, { group, deduplicationId }) => void sent.push(`${to} ${group} ${deduplicationId}`),
    startMove: async () => moves.length > 0,
    moveState: async () => states.shift() ?? moves.at(-1),
    purge: async () => undefined,
  };
  return {
    letters,
    kept: () => kept.map(({ id }) => id),
    visible: () => kept.filter(({ id }) => !hidden.has(id)).map(({ id }) => id),
    sent,
  };
}

function request(): RedriveRequest {
  let nowMs = 0;
  return {
    from: "dead",
    to: "pull",
    sourcesOf: (body) => (body === "duo" ? ["duo"] : undefined),
    clock: { nowMs: () => nowMs, sleep: async (delayMs) => void (nowMs += delayMs) },
    signal: new AbortController().signal,
  };
}

describe("a redrive", () => {
  test("waits for the move of SQS and says how many it moved", async () => {
    const { letters, sent } = queue(
      [letter("a")],
      [
        { isRunning: true, movedCount: 0 },
        { isRunning: false, movedCount: 7 },
      ],
    );
    expect(await redrive(letters, request())).toEqual({ movedCount: 7, leftCount: 0, isRunning: false });
    expect(sent).toEqual([]);
  });

  test("leaves a move of SQS that takes over a minute to go on by itself", async () => {
    const { letters } = queue([], [{ isRunning: true, movedCount: 4 }]);
    expect(await redrive(letters, request())).toEqual({ movedCount: 4, leftCount: 0, isRunning: true });
  });

  test("says why SQS gave a move up", async () => {
    const { letters } = queue([], [{ isRunning: false, movedCount: 2, failure: "no access" }]);
    await expect(redrive(letters, request())).rejects.toMatchObject({
      code: "aws_refused",
      message: expect.stringMatching(/gave up after 2, got no access/) as string,
    });
  });

  test("sends and deletes each message itself where SQS moves none", async () => {
    const { letters, kept, sent } = queue(Array.from({ length: 23 }, (_, at) => letter(`m${at}`)));
    expect(await redrive(letters, request())).toEqual({ movedCount: 23, leftCount: 0, isRunning: false });
    expect(kept()).toEqual([]);
    expect(new Set(sent).size).toBe(23);
    expect(sent[0]).toBe("pull duo redrive-m0");
  });

  test("keeps what names no log source, in sight", async () => {
    const { letters, visible, sent } = queue([letter("odd", { body: "{}" }), letter("good")]);
    expect(await redrive(letters, request())).toEqual({ movedCount: 1, leftCount: 1, isRunning: false });
    expect(visible()).toEqual(["odd"]);
    expect(sent).toEqual(["pull duo redrive-good"]);
  });

  test("keeps what could not be sent, in sight, says how many were, and sends the rest the next time", async () => {
    const { letters, kept, visible, sent } = queue(["a", "b", "c"].map((id) => letter(id)));
    const denied = Object.assign(new Error("User: x is not authorized to perform: sqs:SendMessage"), {
      name: "AccessDenied",
    });
    const failing: DeadLetters = {
      ...letters,
      send: (...asked) => (sent.length === 1 ? Promise.reject(denied) : letters.send(...asked)),
    };
    await expect(redrive(failing, request())).rejects.toMatchObject({
      code: "aws_forbidden",
      message: expect.stringMatching(
        /^Cannot send dead letters back after 1 of them: the permission sqs:SendMessage is missing/,
      ) as string,
    });
    expect({ kept: kept(), visible: visible() }).toEqual({ kept: ["b", "c"], visible: ["b", "c"] });
    expect(await redrive(letters, request())).toMatchObject({ movedCount: 2 });
    expect(sent).toEqual(["pull duo redrive-a", "pull duo redrive-b", "pull duo redrive-c"]);
  });

  test("sends a message under its own group, else under the first log source that it names", async () => {
    const { group: _, ...ungrouped } = letter("tick");
    const { letters, sent } = queue([letter("own", { group: "shard-3" }), ungrouped]);
    await redrive(letters, request());
    expect(sent).toEqual(["pull shard-3 redrive-own", "pull duo redrive-tick"]);
  });

  test("a message that was sent and not deleted has the same deduplication id the next time", async () => {
    const { letters, sent } = queue([letter("a")]);
    const failing = { ...letters, remove: () => Promise.reject(new Error("no")) };
    await expect(redrive(failing, request())).rejects.toThrow("after 0 of them");
    await redrive(letters, request());
    expect(sent).toEqual(["pull duo redrive-a", "pull duo redrive-a"]);
  });
});

describe("a look", () => {
  test("shows all messages, oldest first, and gives them back", async () => {
    const { letters, visible } = queue(
      Array.from({ length: 12 }, (_, at) => letter(`m${at}`, { sentAtMs: 100 - at })),
    );
    const seen = await peekLetters(letters, "dead");
    expect(seen.map(({ id }) => id)).toEqual(Array.from({ length: 12 }, (_, at) => `m${11 - at}`));
    expect(visible()).toHaveLength(12);
  });

  test("gives back what it took when it fails", async () => {
    const { letters, visible } = queue([letter("a")]);
    let receiveCount = 0;
    const failing: DeadLetters = {
      ...letters,
      receive: (...asked) =>
        receiveCount++ === 0 ? letters.receive(...asked) : Promise.reject(new Error("no")),
    };
    await expect(peekLetters(failing, "dead")).rejects.toThrow("no");
    expect(visible()).toEqual(["a"]);
  });
});
