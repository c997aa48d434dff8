/** What a server does instead of answering as it should. */
export type RestFault =
  /** `after`: the request is carried out, and then answered with this error all the same. */
  | {
      readonly kind: "error";
      readonly status: number;
      readonly when: "before" | "after";
      readonly retryAfterSeconds?: number;
    }
  /** The connection breaks without an answer. */
  | { readonly kind: "hang up"; readonly when: "before" | "after" }
  /** The answer's body breaks off in the middle. */
  | { readonly kind: "half" };

/** What is sent back. */
export interface RestAnswer {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Carries a request out, or not, as the fault says; undefined where the connection is to be broken. `half` is left to who sends. */
export async function withFault(
  fault: RestFault | undefined,
  carryOut: () => Promise<RestAnswer>,
): Promise<RestAnswer | undefined> {
  if (fault === undefined || fault.kind === "half") return carryOut();
  if (fault.when === "after") await carryOut();
  if (fault.kind === "hang up") return undefined;
  const { status, retryAfterSeconds } = fault;
  const headers = retryAfterSeconds === undefined ? {} : { "retry-after": String(retryAfterSeconds) };
  const body = JSON.stringify({ error: { message: "injected", type: "InjectedException", code: status } });
  return { status, headers, body };
}
