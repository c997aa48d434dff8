const MESSAGES: Readonly<Record<number, string>> = {
  40001: "Missing required request parameters",
  40002: "Invalid request parameters",
  40101: "Missing request credentials",
  40102: "Invalid integration key in request credentials",
  40103: "Invalid signature in request credentials",
  40104: "Missing request timestamp",
  40105: "Bad request timestamp",
  40301: "Access forbidden",
  40401: "Resource not found",
  40501: "Method not allowed",
  41001: "Gone",
  42901: "Too Many Requests",
  50000: "Internal error",
};

/** A request that Duo refuses; the first three digits of the code are the HTTP status. */
export class Refusal extends Error {
  readonly code: number;
  /** `message_detail` of the answer: the parameter's name or the reason. */
  readonly detail: string | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: number, detail?: string, headers: Readonly<Record<string, string>> = {}) {
    super(MESSAGES[code] ?? "Request refused");
    this.name = "Refusal";
    this.code = code;
    this.detail = detail;
    this.headers = headers;
  }
}
