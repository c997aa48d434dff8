"""Reads every log of a running simulator with Duo's own client and compares it with the simulator's ledger.

Environment: SIM_URL, SIM_API_HOSTNAME, SIM_INTEGRATION_KEY, SIM_SECRET_KEY.
Prints one line per stream; exits with 1 when a stream differs.
"""

import http.client
import json
import os
import sys
import time
import urllib.parse
import urllib.request

import duo_client

URL = urllib.parse.urlsplit(os.environ["SIM_URL"])
PAGE_COUNT_MAX = 1000


class LoopbackAdmin(duo_client.Admin):
    """Signs for the configured host but speaks plain HTTP to the simulator's address."""

    def _connect(self):
        return http.client.HTTPConnection(URL.hostname, URL.port)

    def _make_request(self, method, uri, body, headers):
        connection = self._connect()
        try:
            return self._attempt_single_request(connection, method, uri, body, headers)
        finally:
            connection.close()


def expected(stream, account_id=None):
    query = {"stream": stream}
    if account_id is not None:
        query["account_id"] = account_id
    address = f"{URL.geturl()}/_simulator/ledger/expected?{urllib.parse.urlencode(query)}"
    with urllib.request.urlopen(address) as answer:
        return [json.loads(line) for line in answer if line.strip()]


def now_ms():
    with urllib.request.urlopen(f"{URL.geturl()}/_simulator/info") as answer:
        return json.load(answer)["nowMs"]


def window():
    now = now_ms()
    # An hour inside the retention period: a bound that lies on its edge is refused by the time it arrives.
    return {"mintime": now - 180 * 86_400_000 + 3_600_000, "maxtime": now}


def drain_cursor(call, items_key):
    rows, bounds, cursor = [], window(), None
    for _ in range(PAGE_COUNT_MAX):
        params = {**bounds, "limit": "100", "sort": "ts:asc"}
        if cursor is not None:
            params["next_offset"] = cursor
        page = call(params)
        if not page[items_key]:
            return rows
        rows.extend(page[items_key])
        cursor = page["metadata"]["next_offset"]
    raise RuntimeError("the log never ended")


def drain_list(call):
    rows, mintime = [], 0
    for _ in range(PAGE_COUNT_MAX):
        page = call(mintime)
        known = sum(1 for row in rows if row["timestamp"] >= mintime)
        if len(page) <= known:
            return rows
        rows.extend(page[known:])
        mintime = rows[-1]["timestamp"]
    raise RuntimeError("the log never ended")


def without_additions(row):
    """The client adds `eventtype` and `host` to v1 and authentication rows; they are not the API's."""
    return {key: value for key, value in row.items() if key not in ("eventtype", "host")}


def canonical(row):
    return json.dumps(without_additions(row), sort_keys=True)


def key_of(*names):
    return lambda row: "|".join(str(row[name]) for name in names)


def streams(admin):
    def authentication(params):
        return admin.get_authentication_log(api_version=2, **params)

    def activity(params):
        return admin.get_activity_logs(**params)

    def telephony(params):
        # This call of the client wants a number and its own words where the others take the API's.
        return admin.get_telephony_log(api_version=2, **{**params, "limit": 100, "sort": "asc"})

    def trust_monitor():
        rows, bounds, offset = [], window(), None
        for _ in range(PAGE_COUNT_MAX):
            page = admin.get_trust_monitor_events_by_offset(**bounds, limit=2, offset=offset)
            rows.extend(page["events"])
            offset = page["metadata"].get("next_offset")
            if offset is None:
                return rows
        raise RuntimeError("the log never ended")

    yield "authentication_v2", key_of("txid", "isotimestamp"), lambda: drain_cursor(authentication, "authlogs")
    yield "activity_v2", key_of("activity_id"), lambda: drain_cursor(activity, "items")
    yield "telephony_v2", key_of("telephony_id"), lambda: drain_cursor(telephony, "items")
    yield "trust_monitor", key_of("sekey"), trust_monitor
    yield "administrator_v1", canonical, lambda: drain_list(admin.get_administrator_log)
    yield "telephony_v1", canonical, lambda: drain_list(admin.get_telephony_log)
    yield "offline_enrollment_v1", canonical, lambda: drain_list(admin.get_offline_log)


def same(name, identity, rows):
    wanted = expected(name)
    got = sorted(identity(row) for row in rows)
    ids_equal = got == sorted(identity(row) for row in wanted)
    rows_equal = sorted(map(canonical, rows)) == sorted(map(canonical, wanted))
    verdict = "equal" if ids_equal and rows_equal else "DIFFERENT"
    print(f"{name}: {len(rows)} rows, {len(wanted)} expected: {verdict}")
    return ids_equal and rows_equal and len(rows) > 0


def main():
    admin = LoopbackAdmin(
        ikey=os.environ["SIM_INTEGRATION_KEY"],
        skey=os.environ["SIM_SECRET_KEY"],
        host=os.environ["SIM_API_HOSTNAME"],
    )
    started = time.monotonic()
    results = [same(name, identity, read()) for name, identity, read in streams(admin)]
    summary = admin.get_info_summary()
    print(f"summary: {summary['user_count']} users, {summary['telephony_credits_remaining']} credits")
    results.append(summary["user_count"] > 0)
    print(f"duo_client {duo_client.__version__}: {time.monotonic() - started:.1f} s")
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
