import { admit, type Gate } from "./admission.ts";
import { isAnswerFault, type FaultKind, type FaultQueue, type FaultRule } from "./faults.ts";
import { faultyPage, isPageFaultUsable, type Page, type PageContext } from "./page.ts";
import { Refusal } from "./refusal.ts";
import { foreignReply, okReply, refusalReply, type Reply } from "./reply.ts";
import type { DuoRequest } from "./request.ts";

/** What happened to a request: the answer, if there is one, and the fault that hit it. */
export interface Exchange {
  /** Null when nothing is ever answered. */
  readonly reply: Reply | null;
  readonly fault: FaultRule | undefined;
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
  let fault = faults.take(request.path, ({ kind }) => isAnswerFault(kind));
  if (fault?.kind === "hang" || fault?.kind === "reset_before_headers")
    return { reply: null, fault, accountId: null };
  const instead = fault && replyInstead(fault);
  if (instead) return { reply: instead, fault, accountId: null };

  const spoil = (page: Page, context: PageContext): Page => {
    const rule = fault
      ? undefined
      : faults.take(request.path, (one) => isPageFaultUsable(one, page, context));
    fault ??= rule;
    return rule ? faultyPage(rule, page, context) : page;
  };
  const skewMs = fault?.kind === "clock_skew" ? (fault.skewMs ?? 600_000) : 0;
  let accountId: string | null = null;
  try {
    const { route, account } = admit(request, { ...gate, dateNowMs: gate.nowMs + skewMs });
    accountId = account.accountId;
    const { accounts, settings, nowMs } = gate;
    return {
      reply: route.endpoint({ request, account, accounts, settings, nowMs, spoil }),
      fault,
      accountId,
    };
  } catch (error) {
    const refusal = error instanceof Refusal ? error : new Refusal(50000, String(error));
    return { reply: refusalReply(refusal), fault, accountId };
  }
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
