"""Readers pass over files by partition and bounds, so what is wrong there shows itself as lost rows."""

import datetime
import math
import uuid
from collections import Counter

from pyiceberg.expressions import And, EqualTo, GreaterThanOrEqual, IsNull, LessThan, NotNull, StartsWith
from pyiceberg.expressions.visitors import _InclusiveMetricsEvaluator

import iceberg_values as values
from check_rows import column_of
from checks import counted, none_wrong, shown
from iceberg_files import leaf_values

ASKED = (
    "ts event.outcome user.name source.port duo.auth.adaptive_trust_assessments.more_secure_auth.policy_enabled "
    "duo.telephony.credits duo.trust_monitor.from_new_user duo.trust_monitor.state_updated_timestamp"
).split()
# PyIceberg 0.12 cannot filter a decimal of more digits than an old file's type has (pa.scalar refuses).
NOT_ASKED = ("money",)


def pruning(static, table):
    """PyIceberg's judge of bounds keeps every file that holds a value, for the extremes of every column and file."""
    problems, judged, kept = [], 0, 0
    tasks = list(static.scan().plan_files())
    for node in table.leaves():
        columns = {task.file.file_path: leaf_values(task.file.file_path, node) or [] for task in tasks}
        held = {path: {value for value in column if value is not None} for path, column in columns.items()}
        edges = {edge(held[path], key=values.order) for path in held if held[path] for edge in (min, max)}
        for value in edges:
            try:
                judge = _InclusiveMetricsEvaluator(static.schema(), EqualTo(node.name, literal(node.type, value)))
            except ValueError:
                continue
            for task in tasks:
                judged += 1
                might_match = judge.eval(task.file)
                kept += might_match
                if value in held[task.file.file_path] and not might_match:
                    problems.append(f"{node.name} == {shown(value)} passes over {task.file.file_path}, which has it")
    none_wrong(problems)
    return f"{counted(judged, 'question')}, {counted(judged - kept, 'file')} passed over"


def filters(static, table, rows, key):
    """Filtered scans give what the unfiltered one does when Python filters it."""
    fields = table.schema["fields"]
    problems, scans = [], 0
    keys = column_of(fields, rows, key.split("."))
    for node in asked(table):
        column = column_of(fields, rows, node.path)
        for predicate, matches in predicates(node, column):
            arrow = static.scan(row_filter=predicate, selected_fields=(key,)).to_arrow()
            found = Counter(column_of_dicts(arrow.to_pylist(), key.split(".")))
            wanted = Counter(one for one, value in zip(keys, column) if matches(value))
            scans += 1
            if found != wanted:
                problems.append(f"{predicate} gives {sum(found.values())} rows, not {sum(wanted.values())}")
    none_wrong(problems)
    return counted(scans, "scan")


def asked(table):
    if table.name.startswith("made_"):
        return [node for node in table.leaves() if '"' not in node.name and node.name not in NOT_ASKED]
    return [node for node in table.leaves() if node.name in ASKED]


def column_of_dicts(rows, path):
    for name in path:
        rows = [row and row[name] for row in rows]
    return rows


def predicates(node, column):
    """Predicates with what they mean; a null matches none but `IsNull`."""
    known = sorted({value for value in column if value is not None}, key=values.order)
    yield IsNull(node.name), lambda value: value is None
    if not known:
        return
    yield NotNull(node.name), lambda value: value is not None
    if node.type == "boolean":
        for flag in known:
            yield EqualTo(node.name, flag), lambda value, flag=flag: value is flag
        return
    low, middle, high = known[len(known) // 3], known[len(known) // 2], known[-1]
    yield EqualTo(node.name, literal(node.type, middle)), lambda value: value == middle
    between = And(GreaterThanOrEqual(node.name, literal(node.type, low)), LessThan(node.name, literal(node.type, high)))
    yield between, lambda value: value is not None and values.order(low) <= values.order(value) < values.order(high)
    if node.type == "string":
        start = middle[: math.ceil(len(middle) / 2)]
        yield StartsWith(node.name, start), lambda value: value is not None and value.startswith(start)


def literal(kind, value):
    """The value as PyIceberg's expressions take it."""
    if kind == "timestamptz":
        return values.us_text(value)
    if kind == "timestamp":
        return values.us_text(value).removesuffix("+00:00")
    if kind == "date":
        return (values.EPOCH_DAY + datetime.timedelta(days=value)).isoformat()
    if kind == "time":
        return (values.EPOCH + value * values.MICROSECOND).time().isoformat(timespec="microseconds")
    if kind == "uuid":
        return uuid.UUID(bytes=value)
    return value
