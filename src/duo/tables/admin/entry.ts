import type { JsonObject } from "../../../core/json.ts";
import type { ReadAddress } from "../common/read-address.ts";
import type { Structure } from "../common/read-structure.ts";

/** One entry of the table, whichever log it was read from. */
export interface AdminEntry {
  readonly action: string;
  /** Who acted, in the spelling of the administrator log: `API (<application name>)` for the Admin API. */
  readonly actor: string | undefined;
  readonly actorEmail: string | undefined;
  /** What was acted on. */
  readonly object: string | undefined;
  /** Whether that is a user or an administrator. */
  readonly isObjectPerson: boolean;
  readonly outcome: string;
  /** A description in plain words. */
  readonly text: string | undefined;
  /** A description that is a structure. */
  readonly structure: Structure | undefined;
  /** Where errors and reasons are looked for. */
  readonly details: JsonObject;
  /** The status that the action set. */
  readonly status: string | undefined;
  /** What `user_update` changed, by Duo's names. */
  readonly changes: JsonObject;
  readonly address: ReadAddress;
}
