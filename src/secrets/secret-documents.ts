/** The requests that a store of secrets in AWS needs. Failures are those of the SDK. */
export interface SecretDocuments {
  /** The current version's text; undefined where there is no such secret. */
  readonly get: (name: string) => Promise<string | undefined>;
  readonly put: (name: string, text: string) => Promise<void>;
  /** False where a secret of that name exists. */
  readonly create: (name: string, text: string) => Promise<boolean>;
}
