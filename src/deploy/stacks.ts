/** A CloudFormation stack as it stands. */
export interface StackFacts {
  readonly id: string;
  readonly name: string;
  /** CloudFormation's word: `UPDATE_COMPLETE`. */
  readonly status: string;
  readonly statusReason: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
  readonly parameters: Readonly<Record<string, string>>;
  readonly outputs: Readonly<Record<string, string>>;
  /** When it was changed last, ms since 1970. */
  readonly updatedAtMs: number | undefined;
}

/** What a change set would do to one resource. */
export interface ResourceChange {
  readonly action: "Add" | "Modify" | "Remove" | "Import" | "Dynamic";
  /** Of `Modify`: whether the resource would be made anew. `Conditional`: CloudFormation knows only when it does it. */
  readonly replacement: "True" | "False" | "Conditional";
  readonly logicalId: string;
  readonly type: string;
  readonly physicalId: string | undefined;
  /** The properties that change. */
  readonly properties: readonly string[];
}

/** A change set, with all of its changes. */
export interface ChangeSet {
  readonly status: "working" | "ready" | "failed";
  readonly reason: string | undefined;
  readonly changes: readonly ResourceChange[];
}

/** What to make a change set of. */
export interface ChangeSetRequest {
  readonly stackName: string;
  /** Unique for the stack. */
  readonly name: string;
  /** `CREATE` makes an empty stack in REVIEW_IN_PROGRESS where there is none. */
  readonly kind: "CREATE" | "UPDATE";
  readonly template: { readonly body: string } | { readonly url: string };
  readonly parameters: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
}

/** One line of a stack's history. */
export interface StackEvent {
  readonly id: string;
  readonly atMs: number;
  readonly logicalId: string;
  readonly physicalId: string | undefined;
  readonly type: string;
  readonly status: string;
  readonly reason: string | undefined;
}

/** A resource that belongs to a stack. */
export interface StackResource {
  readonly logicalId: string;
  readonly physicalId: string | undefined;
  readonly type: string;
  readonly status: string;
}

/**
 * What a deployment asks of CloudFormation. Stacks are named by name, or by id where a deleted one must be found as well.
 * Failures are those of the SDK; `awsFailure` reads them.
 */
export interface Stacks {
  /** Undefined where there is none, or it was deleted. */
  readonly describe: (nameOrId: string) => Promise<StackFacts | undefined>;
  readonly createChangeSet: (
    request: ChangeSetRequest,
  ) => Promise<{ readonly id: string; readonly stackId: string }>;
  readonly describeChangeSet: (id: string) => Promise<ChangeSet>;
  readonly deleteChangeSet: (id: string) => Promise<void>;
  readonly execute: (changeSetId: string) => Promise<void>;
  /** The history after one event, oldest first; the whole of it where `afterId` is undefined. */
  readonly events: (stackId: string, afterId: string | undefined) => Promise<readonly StackEvent[]>;
  /** The newest event's id. */
  readonly lastEventId: (stackId: string) => Promise<string | undefined>;
  /** What CloudFormation's own check found wrong before it began, a line each; none where it does not say. */
  readonly problems: (
    of: { readonly stackId: string } | { readonly changeSetId: string },
  ) => Promise<readonly string[]>;
  readonly resources: (stackId: string) => Promise<readonly StackResource[]>;
  readonly remove: (stackId: string) => Promise<void>;
}
