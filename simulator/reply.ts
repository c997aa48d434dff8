import { Refusal } from "./refusal.ts";

/** An answer before it is put on the wire. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Duo's error code, or null for an answer without one. */
  readonly code: number | null;
  /** How many log rows are in the body. */
  readonly rowCount: number;
}

const JSON_TYPE = { "content-type": "application/json" };

/** The answer to a request that was understood. */
export function okReply(response: unknown, rowCount = 0): Reply {
  const body = JSON.stringify({ response, stat: "OK" });
  return { status: 200, headers: JSON_TYPE, body, code: null, rowCount };
}

/** The answer to a refused request. */
export function refusalReply(refusal: Refusal): Reply {
  const { code, detail, message } = refusal;
  const envelope = {
    code,
    message,
    ...(detail === undefined ? {} : { message_detail: detail }),
    stat: "FAIL",
  };
  return {
    status: Math.floor(code / 100),
    headers: { ...JSON_TYPE, ...refusal.headers },
    body: JSON.stringify(envelope),
    code,
    rowCount: 0,
  };
}

/** An answer that does not come from Duo's program but from something in front of it; HTML unless said otherwise. */
export function foreignReply(
  status: number,
  rest: { readonly headers?: Readonly<Record<string, string>>; readonly body?: string },
): Reply {
  const headers = { "content-type": "text/html", ...rest.headers };
  return { status, headers, body: rest.body ?? "", code: null, rowCount: 0 };
}
