import type { TableName } from "../../src/duo/tables/table.ts";

/** A question that a security engineer asks of a table, and the DuckDB SQL that answers it. */
export interface Query {
  readonly question: string;
  readonly sql: string;
}

/** Four or five questions for each table; a test runs every one. */
export const QUERIES: Readonly<Record<TableName, readonly Query[]>> = {
  admin: [
    {
      question: "Who failed to sign in to the Admin Panel, from where, and why?",
      sql: `
SELECT ts, "user".email, source.ip, event.reason
FROM duo_admin
WHERE event.action IN ('admin_login_error', 'admin_2fa_error', 'admin_lockout')
  AND ts >= now() - INTERVAL 7 DAY
ORDER BY ts DESC;`,
    },
    {
      question: "Who made or looked at bypass codes, and for which user?",
      sql: `
SELECT ts, "user".name AS administrator, event.action, duo.admin.action_performed_on AS for_user
FROM duo_admin
WHERE event.action IN ('bypass_create', 'bypass_view')
ORDER BY ts DESC
LIMIT 100;`,
    },
    {
      question: "Which users were set to bypass the second factor?",
      sql: `
SELECT ts, "user".name AS administrator, duo.admin.action_performed_on AS for_user
FROM duo_admin
WHERE event.action = 'user_update' AND duo.admin.status = 'Bypass'
ORDER BY ts DESC;`,
    },
    {
      question: "Which policies changed this month, and how?",
      sql: `
SELECT ts, "user".name AS administrator, duo.admin.action_performed_on AS policy, duo.admin.flattened AS change
FROM duo_admin
WHERE event.action LIKE 'policy%' AND ts >= date_trunc('month', now())
ORDER BY ts;`,
    },
    {
      question:
        "Which administrators signed in from an address that they had not used in the 90 days before?",
      sql: `
SELECT recent.ts, recent."user".name AS administrator, recent.source.ip
FROM duo_admin AS recent
WHERE recent.event.action = 'admin_login'
  AND recent.ts >= now() - INTERVAL 1 DAY
  AND NOT EXISTS (
    SELECT 1 FROM duo_admin AS earlier
    WHERE earlier.event.action = 'admin_login'
      AND earlier."user".name = recent."user".name
      AND earlier.source.ip = recent.source.ip
      AND earlier.ts < now() - INTERVAL 1 DAY
      AND earlier.ts >= now() - INTERVAL 91 DAY)
ORDER BY recent.ts;`,
    },
  ],
  auth: [
    {
      question: "Who logged in on a given day, from where, with which factor?",
      sql: `
SELECT ts, "user".name, source.ip, source.geo.country_name, duo.auth.factor, duo.auth.application.name AS application
FROM duo_auth
WHERE ts >= TIMESTAMPTZ '2026-02-17 00:00:00+00' AND ts < TIMESTAMPTZ '2026-02-18 00:00:00+00'
  AND event.outcome = 'success'
ORDER BY ts;`,
    },
    {
      question: "Which sign-ins did users report as fraud?",
      sql: `
SELECT ts, "user".name, source.ip, source.geo.country_name, duo.auth.application.name AS application
FROM duo_auth
WHERE duo.auth.result = 'fraud'
ORDER BY ts DESC;`,
    },
    {
      question: "Who was sent five or more pushes within ten minutes that were not approved?",
      sql: `
SELECT "user".name, time_bucket(INTERVAL 10 MINUTE, ts) AS ten_minutes, count(*) AS pushes, list(DISTINCT source.ip) AS addresses
FROM duo_auth
WHERE duo.auth.factor LIKE '%push' AND event.outcome = 'failure'
GROUP BY ALL
HAVING count(*) >= 5
ORDER BY pushes DESC;`,
    },
    {
      question: "Who signed in from a country for the first time in 90 days?",
      sql: `
SELECT "user".name, coalesce(source.geo.country_name, source.geo.country_iso_code) AS country, min(ts) AS first_seen
FROM duo_auth
WHERE event.outcome = 'success' AND source.geo IS NOT NULL AND ts >= now() - INTERVAL 90 DAY
GROUP BY ALL
HAVING min(ts) >= now() - INTERVAL 1 DAY
ORDER BY first_seen DESC;`,
    },
    {
      question: "Which devices without disk encryption or firewall got access, and to what?",
      sql: `
SELECT "user".name, duo.auth.access_device.hostname, duo.auth.application.name AS application, count(*) AS sign_ins
FROM duo_auth
WHERE event.outcome = 'success' AND ts >= now() - INTERVAL 30 DAY
  AND (duo.auth.access_device.is_encryption_enabled = 'false' OR duo.auth.access_device.is_firewall_enabled = 'false')
GROUP BY ALL
ORDER BY sign_ins DESC;`,
    },
  ],
  offline_enrollment: [
    {
      question: "Who can sign in offline now, on which computer?",
      sql: `
SELECT "user".name, host.name AS computer, max(ts) AS since, arg_max(duo.offline_enrollment.description.factor, ts) AS factor
FROM duo_offline_enrollment
GROUP BY ALL
HAVING arg_max(event.action, ts) <> 'o2fa_user_deprovisioned'
ORDER BY since DESC;`,
    },
    {
      question: "Which users are enrolled on more than one computer?",
      sql: `
SELECT "user".name, list(DISTINCT host.name) AS computers
FROM duo_offline_enrollment
WHERE event.action IN ('o2fa_user_provisioned', 'o2fa_user_reenrolled')
GROUP BY ALL
HAVING count(DISTINCT host.name) > 1;`,
    },
    {
      question: "Which offline enrolments were removed in the last 30 days?",
      sql: `
SELECT ts, "user".name, host.name AS computer, message
FROM duo_offline_enrollment
WHERE event.action = 'o2fa_user_deprovisioned' AND ts >= now() - INTERVAL 30 DAY
ORDER BY ts DESC;`,
    },
    {
      question: "Which versions of Duo Authentication for Windows Logon are in use?",
      sql: `
SELECT split_part(user_agent.original, ' ', 1) AS program, count(DISTINCT host.name) AS computers
FROM duo_offline_enrollment
GROUP BY ALL
ORDER BY computers DESC;`,
    },
  ],
  summary: [
    {
      question: "How does the account stand now?",
      sql: `
SELECT ts, duo.summary.admin_count, duo.summary.user_count, duo.summary.integration_count, duo.summary.telephony_credits_remaining
FROM duo_summary
ORDER BY ts DESC
LIMIT 1;`,
    },
    {
      question: "When did the number of administrators change?",
      sql: `
SELECT ts, before, now_there
FROM (
  SELECT ts, duo.summary.admin_count AS now_there, lag(duo.summary.admin_count) OVER (ORDER BY ts) AS before
  FROM duo_summary)
WHERE before <> now_there
ORDER BY ts DESC;`,
    },
    {
      question: "How many telephony credits go each day?",
      sql: `
SELECT date_trunc('day', ts) AS day, max(duo.summary.telephony_credits_remaining) - min(duo.summary.telephony_credits_remaining) AS credits
FROM duo_summary
GROUP BY ALL
ORDER BY day DESC;`,
    },
    {
      question: "Were many users put in the trash at once?",
      sql: `
SELECT ts, duo.summary.user_pending_deletion_count
FROM duo_summary
WHERE duo.summary.user_pending_deletion_count >= 10
ORDER BY ts DESC;`,
    },
  ],
  telephony: [
    {
      question: "How many credits were spent each day, on what?",
      sql: `
SELECT date_trunc('day', ts) AS day, duo.telephony.type, duo.telephony.event_type, sum(duo.telephony.credits) AS credits
FROM duo_telephony
GROUP BY ALL
ORDER BY day DESC, credits DESC;`,
    },
    {
      question: "Which numbers cost most in the last 30 days?",
      sql: `
SELECT duo.telephony.phone_number, count(*) AS messages, sum(duo.telephony.credits) AS credits
FROM duo_telephony
WHERE ts >= now() - INTERVAL 30 DAY
GROUP BY ALL
ORDER BY credits DESC
LIMIT 20;`,
    },
    {
      question: "Which numbers were reached ten times or more within an hour, as in telephone fraud?",
      sql: `
SELECT duo.telephony.phone_number, date_trunc('hour', ts) AS hour, count(*) AS messages
FROM duo_telephony
GROUP BY ALL
HAVING count(*) >= 10
ORDER BY messages DESC;`,
    },
    {
      question: "Which message belongs to which sign-in?",
      sql: `
SELECT duo_telephony.ts, duo_telephony.duo.telephony.phone_number, duo_auth."user".name, duo_auth.event.outcome
FROM duo_telephony
JOIN duo_auth ON duo_auth.duo.auth.txid = duo_telephony.duo.telephony.txid
ORDER BY duo_telephony.ts DESC
LIMIT 100;`,
    },
  ],
  activity: [
    {
      question: "What did an administrator or API client do today?",
      sql: `
SELECT ts, event.action, event.outcome, duo.activity.target.type, duo.activity.target.name, source.ip
FROM duo_activity
WHERE "user".name = 'Grace Okafor' AND ts >= date_trunc('day', now())
ORDER BY ts;`,
    },
    {
      question: "Which users' state changed, from what to what, and by whom?",
      sql: `
SELECT ts, "user".name AS actor, "user".target.name AS for_user,
  json_extract_string(duo.activity.old_target.details, '$.status') AS before,
  json_extract_string(duo.activity.target.details, '$.status') AS after
FROM duo_activity
WHERE event.action = 'user_update'
ORDER BY ts DESC;`,
    },
    {
      question: "Who looked at the secret key of an application?",
      sql: `
SELECT ts, "user".name, source.ip, duo.activity.target.name AS application
FROM duo_activity
WHERE event.action IN ('integration_skey_view', 'integration_skey_bulk_view')
ORDER BY ts DESC;`,
    },
    {
      question: "Which actions failed, how often, and whose?",
      sql: `
SELECT event.action, "user".name, count(*) AS failures, max(ts) AS last
FROM duo_activity
WHERE event.outcome = 'failure' AND ts >= now() - INTERVAL 7 DAY
GROUP BY ALL
ORDER BY failures DESC;`,
    },
    {
      question:
        "Who enrolled a new security key or telephone soon after a reset of the password or a bypass?",
      sql: `
SELECT enrolled.ts, enrolled."user".name, enrolled.event.action, cleared.event.action AS after_action, cleared."user".name AS by_actor
FROM duo_activity AS enrolled
JOIN duo_activity AS cleared
  ON cleared."user".target.name = enrolled."user".name
  AND cleared.ts BETWEEN enrolled.ts - INTERVAL 1 HOUR AND enrolled.ts
WHERE enrolled.event.action IN ('webauthncredential_create', 'phone_create')
  AND cleared.event.action IN ('bypass_create', 'user_update', 'admin_reset_password')
ORDER BY enrolled.ts DESC;`,
    },
  ],
  trust_monitor: [
    {
      question: "Which priority events has nobody looked at yet?",
      sql: `
SELECT ts, "user".name, event.action, event.reason, event.url
FROM (FROM duo_trust_monitor QUALIFY row_number() OVER (PARTITION BY event.id ORDER BY event.created DESC) = 1)
WHERE duo.trust_monitor.priority_event AND duo.trust_monitor.state = 'new'
ORDER BY ts DESC;`,
    },
    {
      question: "What makes sign-ins unusual, most frequent first?",
      sql: `
SELECT explanation.type, count(DISTINCT id) AS events
FROM (SELECT event.id AS id, unnest(duo.trust_monitor.explanations) AS explanation FROM duo_trust_monitor)
GROUP BY ALL
ORDER BY events DESC;`,
    },
    {
      question: "How did the surfaced sign-ins end, and what does the authentication log say about them?",
      sql: `
SELECT DISTINCT duo_trust_monitor.ts, duo_auth."user".name, duo_auth.event.outcome, duo_auth.duo.auth.factor, duo_trust_monitor.event.reason
FROM duo_trust_monitor
JOIN duo_auth ON duo_auth.duo.auth.txid = duo_trust_monitor.duo.trust_monitor.surfaced_auth_txid
ORDER BY duo_trust_monitor.ts DESC;`,
    },
    {
      question: "Who switched bypass on, for whom?",
      sql: `
SELECT DISTINCT duo.trust_monitor.bypass_status_enabled AS since, duo.trust_monitor.enabled_by.name AS by_whom, duo.trust_monitor.enabled_for.name AS for_whom
FROM duo_trust_monitor
WHERE event.action = 'bypass_status'
ORDER BY since DESC;`,
    },
  ],
};
