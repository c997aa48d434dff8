/** A question that Athena keeps for its users. */
export interface NamedQueryText {
  /** Logical id. */
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly sql: string;
}

/** The first questions of who looks after Duo, for tables that have their default names. `user` is a word of SQL: it needs its quotes. */
export const NAMED_QUERIES: readonly NamedQueryText[] = [
  {
    id: "EventsPerDayQuery",
    name: "events per day",
    description: "Sign-ins stored for each of the last 30 days, and the newest one",
    sql: `SELECT date(ts) AS day, count(*) AS events, max(ts) AS newest
FROM duo_auth
WHERE ts > current_timestamp - INTERVAL '30' DAY
GROUP BY 1
ORDER BY 1 DESC`,
  },
  {
    id: "FailedSignInsQuery",
    name: "failed sign-ins by user",
    description: "Who failed to sign in during the last day, from how many addresses",
    sql: `SELECT "user".name AS user_name, count(*) AS failures, count(DISTINCT source.ip) AS addresses,
  min(ts) AS first, max(ts) AS last
FROM duo_auth
WHERE ts > current_timestamp - INTERVAL '1' DAY AND event.outcome = 'failure'
GROUP BY 1
ORDER BY 2 DESC
LIMIT 100`,
  },
  {
    id: "FraudReportsQuery",
    name: "reported as fraud",
    description: "Requests of the last 90 days that users reported as fraud",
    sql: `SELECT ts, "user".name AS user_name, source.ip AS address, duo.auth.application.name AS application, duo.auth.factor AS factor
FROM duo_auth
WHERE ts > current_timestamp - INTERVAL '90' DAY AND duo.auth.result = 'fraud'
ORDER BY ts DESC`,
  },
  {
    id: "AdminActionsQuery",
    name: "actions of administrators",
    description: "What administrators did during the last 7 days",
    sql: `SELECT ts, duo.admin."user".name AS administrator, duo.admin.action AS action, duo.admin.action_performed_on AS object
FROM duo_admin
WHERE ts > current_timestamp - INTERVAL '7' DAY
ORDER BY ts DESC
LIMIT 1000`,
  },
];
