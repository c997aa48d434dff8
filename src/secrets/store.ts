import type { Secret } from "./secret.ts";

/** `placeholder`: there is a place for the secret, and nobody has put it there yet. */
export type SecretStatus = "populated" | "placeholder" | "missing";

/** The value that marks a secret as not populated; Matano uses the same. */
export const SECRET_PLACEHOLDER = "<placeholder>";

/**
 * The secret keys of the log sources.
 *
 * `status` and `get` throw `secret_unreadable` for a secret that is there and cannot be trusted or read.
 * No error of a store holds a secret.
 */
export interface SecretStore {
  readonly status: (source: string) => Promise<SecretStatus>;
  /** Undefined unless the secret is populated. */
  readonly get: (source: string) => Promise<Secret | undefined>;
  /** Stores the secret, replacing what was there. Throws `usage_invalid` for a value that cannot be a key. */
  readonly set: (source: string, value: Secret) => Promise<void>;
  /** Makes the place for a secret; true when there was none. Whatever is there stays, damaged or not. */
  readonly createPlaceholder: (source: string) => Promise<boolean>;
  /** Says in words where the secret lives, for messages. */
  readonly describe: (source: string) => string;
}
