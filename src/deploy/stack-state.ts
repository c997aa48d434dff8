import { DuolakeError } from "../core/errors.ts";
import type { StackFacts } from "./stacks.ts";

/** The tag that every resource of a deployment has; it tells ours from others of the same name. */
export const LABEL_TAG = "duolake:label";

/** The name of a deployment's stack. */
export function stackName(label: string): string {
  return `duolake-${label}`;
}

/**
 * `none`: there is nothing, or an empty stack that waits for its first change set. `ready`: it can be changed. `never_up`: its
 * first deployment failed; it holds nothing and cannot be changed, only removed.
 */
export type StackState = "none" | "ready" | "never_up";

const NEVER_UP: ReadonlySet<string> = new Set(["ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED"]);

/** Why no plan can be made for a stack that never came up: CloudFormation compares nothing with one of its kind. */
export function neverUp(name: string, status: string): DuolakeError {
  return new DuolakeError(
    "deploy_refused",
    `Cannot plan the stack ${name}: its first deployment failed, and it must be removed before; \`duolake deploy\` asks and does it, got ${status}`,
  );
}

/**
 * Says what can be done with a stack.
 *
 * @param doing for the message: `deploy`
 * @throws deploy_refused where another deployment is at work, the stack is stuck, or is none of ours
 */
export function stackState(stack: StackFacts | undefined, label: string, doing: string): StackState {
  if (stack === undefined) return "none";
  const { name, status } = stack;
  const refuse = (reason: string): DuolakeError =>
    new DuolakeError("deploy_refused", `Cannot ${doing} the stack ${name}: ${reason}, got ${status}`);
  if (status === "REVIEW_IN_PROGRESS") return "none";
  if (stack.tags[LABEL_TAG] !== label) {
    throw refuse(
      `it is there and was not made by duolake (it has no tag ${LABEL_TAG}=${label}); choose another label with --label`,
    );
  }
  if (NEVER_UP.has(status)) return "never_up";
  if (status === "UPDATE_ROLLBACK_FAILED") {
    throw refuse(`it is stuck; run: aws cloudformation continue-update-rollback --stack-name ${name}`);
  }
  // Removing is the one thing that can be done with it, once more.
  if (status === "DELETE_FAILED" && doing !== "remove") {
    throw refuse("its removal was not finished; run `duolake destroy` again first");
  }
  if (status.endsWith("_IN_PROGRESS")) {
    throw refuse("another deployment is at work on it; wait until it has ended");
  }
  return "ready";
}
