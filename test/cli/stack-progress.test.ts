import { describe, expect, test } from "vitest";
import type { Io } from "../../src/cli/io.ts";
import { createStackProgress } from "../../src/cli/stack-progress.ts";
import type { StackEvent } from "../../src/deploy/stacks.ts";

function saidOn(isTerminal: boolean): { readonly io: Io; readonly text: () => string } {
  let text = "";
  const err = (some: string): void => void (text += some);
  const io = { out: err, err, drain: async () => undefined, env: {}, cwd: "/", isTerminal };
  return { io: { ...io, signal: new AbortController().signal }, text: () => text };
}

const event = (logicalId: string, status: string, reason?: string): StackEvent => ({
  id: `${logicalId} ${status}`,
  atMs: 0,
  logicalId,
  physicalId: undefined,
  type: logicalId === "duolake-main" ? "AWS::CloudFormation::Stack" : "AWS::SQS::Queue",
  status,
  reason,
});

describe("createStackProgress", () => {
  test("elsewhere than on a terminal: a line for each resource that is done, with the reason of a failure", () => {
    const { io, text } = saidOn(false);
    const progress = createStackProgress(io);
    progress.event(event("duolake-main", "CREATE_IN_PROGRESS"));
    progress.event(event("PullQueue", "CREATE_IN_PROGRESS"));
    progress.event(event("PullQueue", "CREATE_COMPLETE"));
    progress.event(event("Other", "CREATE_FAILED", "no"));
    progress.end();
    expect(text()).toBe(
      "duolake: PullQueue AWS::SQS::Queue CREATE_COMPLETE\nduolake: Other AWS::SQS::Queue CREATE_FAILED: no\n",
    );
  });

  test("on a terminal: draws what is under way, and leaves nothing but failures", () => {
    const { io, text } = saidOn(true);
    const progress = createStackProgress(io);
    progress.event(event("PullQueue", "CREATE_IN_PROGRESS"));
    expect(text()).toBe("0 done\nPullQueue AWS::SQS::Queue CREATE_IN_PROGRESS\n");
    progress.event(event("Other", "CREATE_FAILED", "no"));
    expect(text()).toContain("duolake: Other AWS::SQS::Queue CREATE_FAILED: no\n");
    progress.end();
    expect(text().endsWith("\u001b[2A\r\u001b[J")).toBe(true);
  });
});
