import type { RawEvent } from "../streams.ts";

/** Who did something. */
export interface Actor {
  /** One of the words of the activity log: `admin`, `adminapi`, `ldap_sync`, `system`, `user`. */
  readonly type: string;
  readonly key: string | null;
  /** The name in the activity log. */
  readonly name: string;
  /** The name in the v1 administrator log: `API (Provisioning)`. */
  readonly v1Name: string;
  readonly email: string | null;
  readonly role: string | null;
}

/** What it was done to. */
export interface Target {
  readonly type: string;
  readonly key: string | null;
  readonly name: string | null;
  readonly details?: RawEvent;
  /** The state before the change, where there was one. */
  readonly oldDetails?: RawEvent;
}

/** Something done in the account; the v1 administrator log and the activity log tell of the same ones. */
export interface AdminAction {
  readonly us: number;
  readonly id: string;
  readonly action: string;
  readonly actor: Actor;
  readonly target: Target;
  /** An object becomes JSON text; text and null stay; undefined leaves the key out. */
  readonly description: RawEvent | string | null | undefined;
  readonly details: RawEvent | null;
  /** Null for jobs that run in the background. */
  readonly ip: string | null;
  readonly browser: string | null;
  readonly failed: boolean;
}
