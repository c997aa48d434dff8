import type { Secret } from "../secrets/secret.ts";
import type { SecretStore } from "../secrets/store.ts";

/** Secrets that are read once for each log source until they are forgotten. */
export interface InvocationSecrets extends SecretStore {
  /** Called when an invocation begins: a key may have been stored since the last one. */
  readonly forget: () => void;
}

/**
 * Reads the secret of a log source once per invocation: every table asks for it, and each reading costs. A failure is not kept.
 *
 * @param store where they are
 */
export function invocationSecrets(store: SecretStore): InvocationSecrets {
  const kept = new Map<string, Promise<Secret | undefined>>();
  return {
    ...store,
    get: (source) => {
      const known = kept.get(source);
      if (known !== undefined) return known;
      const reading = store.get(source);
      kept.set(source, reading);
      reading.catch(() => kept.delete(source));
      return reading;
    },
    forget: () => kept.clear(),
  };
}
