"""Filtered scans: PyIceberg passes over files by partition and bounds, so a wrong bound shows itself as lost rows."""

import math
from collections import Counter

from pyiceberg.expressions import (
    And,
    EqualTo,
    GreaterThan,
    GreaterThanOrEqual,
    IsNull,
    LessThan,
    LessThanOrEqual,
    NotEqualTo,
    NotNull,
    StartsWith,
)

import iceberg_values as values
from check_rows import value_at
from checks import counted, none_wrong

VALUE_COUNT_MAX = 14
COLUMNS = (
    "ts event.created event.outcome event.action user.name user.email source.ip source.port "
    "duo.auth.adaptive_trust_assessments.more_secure_auth.policy_enabled duo.telephony.credits duo.summary.user_count "
    "duo.trust_monitor.from_new_user duo.trust_monitor.state_updated_timestamp original reason"
).split()
# How Python says what each predicate asks; a null matches none of them.
COMPARISONS = {
    EqualTo: lambda a, b: a == b,
    NotEqualTo: lambda a, b: a != b,
    LessThan: lambda a, b: values.order(a) < values.order(b),
    LessThanOrEqual: lambda a, b: values.order(a) <= values.order(b),
    GreaterThan: lambda a, b: values.order(a) > values.order(b),
    GreaterThanOrEqual: lambda a, b: values.order(a) >= values.order(b),
    StartsWith: lambda a, b: a.startswith(b),
}


def filters(static, table, rows, key):
    """Compares filtered scans with the unfiltered one filtered in Python."""
    problems, scans, pruned = [], 0, 0
    file_count = len(table.live())
    for node in asked_columns(table):
        column = [value_at(row, node.path) for row in rows]
        for predicate, matches in predicates(node, column):
            scan = static.scan(row_filter=predicate, selected_fields=(key,))
            wanted = Counter(value_at(row, key.split(".")) for row, value in zip(rows, column) if matches(value))
            found = Counter(value_at_pylist(row, key) for row in scan.to_arrow().to_pylist())
            scans += 1
            pruned += file_count - len(list(scan.plan_files()))
            if found != wanted:
                problems.append(f"{predicate} gives {found.total()} rows, not {wanted.total()}")
    none_wrong(problems)
    return f"{counted(scans, 'scan')}, {counted(pruned, 'file')} passed over"


def asked_columns(table):
    if table.folder.rsplit("/", 1)[-1].startswith("made_"):
        return [node for node in table.leaves() if '"' not in node.name]
    return [node for node in table.leaves() if node.name in COLUMNS]


def value_at_pylist(row, key):
    for name in key.split("."):
        row = row and row[name]
    return row


def predicates(node, column):
    yield IsNull(node.name), lambda value: value is None
    yield NotNull(node.name), lambda value: value is not None
    chosen = some(sorted({value for value in column if value is not None}, key=values.order))
    for value in chosen:
        for predicate in (EqualTo, LessThanOrEqual, GreaterThan) if node.type != "boolean" else (EqualTo, NotEqualTo):
            yield compare(predicate, node, value)
    if node.type == "string":
        for value in chosen:
            yield compare(StartsWith, node, value[:17])
    elif node.type != "boolean" and len(chosen) > 2:
        low, high = chosen[len(chosen) // 3], chosen[-2]
        (first, is_over), (second, is_under) = compare(GreaterThanOrEqual, node, low), compare(LessThan, node, high)
        yield And(first, second), lambda value: is_over(value) and is_under(value)


def some(ordered):
    """The smallest, the largest, and some in between."""
    if len(ordered) <= VALUE_COUNT_MAX:
        return ordered
    step = (len(ordered) - 1) / (VALUE_COUNT_MAX - 1)
    return [ordered[math.floor(i * step)] for i in range(VALUE_COUNT_MAX - 1)] + [ordered[-1]]


def compare(predicate, node, value):
    matches = COMPARISONS[predicate]
    return (
        predicate(node.name, literal(node.type, value)),
        lambda other: other is not None and matches(other, value),
    )


def literal(kind, value):
    """The value as PyIceberg's expressions take it."""
    if kind == "timestamptz":
        return values.us_text(value)
    if kind == "timestamp":
        return values.us_text(value).removesuffix("+00:00")
    if kind == "date":
        return str(values.EPOCH_DAY + values.datetime.timedelta(days=value))
    if kind == "time":
        return (values.EPOCH + value * values.MICROSECOND).time().isoformat(timespec="microseconds")
    if kind == "uuid":
        return values.uuid.UUID(bytes=value)
    return value
