import { admit, type Gate } from "./admission.ts";
import type { LogRow } from "./dataset/timeline.ts";
import { isAnswerFault, type FaultKind, type FaultQueue, type FaultRule } from "./faults.ts";
import { faultyPage, isPageFaultUsable, type Page, type PageContext } from "./page.ts";
import { Refusal } from "./refusal.ts";
import { foreignReply, okReply, refusalReply, type Reply } from "./reply.ts";
import { param, type DuoRequest } from "./request.ts";

/** What happened to a request: the answer, if there is one, and the fault that hit it. */
export interface Exchange {
  /** Null when nothing is ever answered. */
  readonly reply: Reply | null;
  readonly fault: FaultRule | undefined;
  /** The account that was asked about; null where there is none such. */
  readonly accountId: string | null;
}

/** Answers a request, faults included; never throws. */
export function exchange(
  request: DuoRequest,
  { gate, faults }: { readonly gate: Omit<Gate, "dateNowMs">; readonly faults: FaultQueue },
): Exchange {
  if (request.path === "/auth/v2/ping") {
    return { reply: okReply({ time: Math.floor(gate.nowMs / 1000) }), fault: undefined, accountId: null };
  }
  const accountId = askedAccount(request, gate);
  const asked = { path: request.path, accountId, nowMs: gate.nowMs };
  let fault = faults.take(asked, ({ kind }) => isAnswerFault(kind));
  if (fault?.kind === "hang" || fault?.kind === "reset_before_headers")
    return { reply: null, fault, accountId };
  const instead = fault && replyInstead(fault);
  if (instead) return { reply: instead, fault, accountId };

  const spoil = (page: Page, context: PageContext): Page => {
    const rule = fault ? undefined : faults.take(asked, (one) => isPageFaultUsable(one, page, context));
    fault ??= rule;
    return rule ? faultyPage(rule, page, context) : page;
  };
  const skewMs = fault?.kind === "clock_skew" ? (fault.skewMs ?? 600_000) : 0;
  // A body that is cut was not served: nobody can read a row from it.
  const isCut = fault?.kind === "truncated_body" || fault?.kind === "reset_after_headers";
  try {
    const { route, account } = admit(request, { ...gate, dateNowMs: gate.nowMs + skewMs });
    const { accounts, settings, nowMs } = gate;
    const noteServed = (rows: readonly LogRow[]): void => {
      if (!isCut) account.trustMonitorVersions.noteServed(rows, nowMs);
    };
    const reply = route.endpoint({ request, account, accounts, settings, nowMs, spoil, noteServed });
    return { reply, fault, accountId };
  } catch (error) {
    const refusal = error instanceof Refusal ? error : new Refusal(50000, String(error));
    return { reply: refusalReply(refusal), fault, accountId };
  }
}

/** The account that a request names, signed for rightly or not. */
function askedAccount(request: DuoRequest, { accounts }: Pick<Gate, "accounts">): string | null {
  const accountId = param(request, "account_id") ?? accounts[0]?.accountId;
  return accounts.find((account) => account.accountId === accountId)?.accountId ?? null;
}

type Answer = (rule: FaultRule, headers: Readonly<Record<string, string>>) => Reply;

const INSTEAD: Partial<Record<FaultKind, Answer>> = {
  rate_limited: (_rule, headers) => refusalReply(new Refusal(42901, undefined, headers)),
  internal_error: (_rule, headers) => refusalReply(new Refusal(50000, undefined, headers)),
  error_code: ({ code }, headers) => refusalReply(new Refusal(code ?? 40301, undefined, headers)),
  bad_gateway: () => foreignReply(502, { body: html("502 Bad Gateway") }),
  unavailable: (_rule, headers) =>
    foreignReply(503, { body: html("503 Service Temporarily Unavailable"), headers }),
  stat_fail: ({ code }) => ({ ...refusalReply(new Refusal(code ?? 50000)), status: 200 }),
  redirect: ({ location }) =>
    foreignReply(302, { headers: { location: location ?? "https://example.invalid/" } }),
  not_json: () => foreignReply(200, { body: html("Sign in to the network") }),
  empty_body: () => foreignReply(200, { headers: { "content-type": "application/json" } }),
};

/** The answer that a fault gives in place of the endpoint's; undefined where the endpoint's is only damaged. */
function replyInstead(rule: FaultRule): Reply | undefined {
  const { kind, retryAfterSeconds } = rule;
  return INSTEAD[kind]?.(
    rule,
    retryAfterSeconds === undefined ? {} : { "retry-after": String(retryAfterSeconds) },
  );
}

function html(title: string): string {
  return `<html>\n<head><title>${title}</title></head>\n<body><h1>${title}</h1></body>\n</html>\n`;
}
