"""Rows as PyIceberg reads them against rows from somewhere else, value by value."""

import json
from collections import Counter

import iceberg_values as values
from checks import Wrong, counted, shown


def canonical(type, value, convert):
    """A value with its columns in order; what is absent is None, as in a table."""
    if value is None:
        return None
    if isinstance(type, str):
        return convert(type, value)
    if type["type"] == "list":
        return tuple(canonical(type["element"], item, convert) for item in value)
    return canonical_row(type["fields"], value, convert)


def canonical_row(fields, row, convert):
    unknown = set(row) - {field["name"] for field in fields}
    if unknown:
        raise Wrong(f"columns that the schema lacks: {sorted(unknown)}")
    return tuple((f["name"], canonical(f["type"], row.get(f["name"]), convert)) for f in fields)


def expected_rows(fields, path):
    with open(path, encoding="utf-8") as file:
        return [canonical_row(fields, json.loads(line), values.from_json) for line in file]


def found_rows(fields, arrow):
    return [canonical_row(fields, row, values.from_python) for row in arrow.to_pylist()]


def same_rows(fields, arrow, path):
    """Compares as multisets: order means nothing, repetition does."""
    wanted = expected_rows(fields, path)
    found = found_rows(fields, arrow)
    # repr tells 1 from True and -0.0 from 0.0, which are equal in Python.
    lost = Counter(map(repr, wanted))
    lost.subtract(Counter(map(repr, found)))
    different = {text: count for text, count in lost.items() if count}
    if not different:
        return counted(len(found), "row")
    missing = next((row for row in wanted if different.get(repr(row), 0) > 0), None)
    extra = nearest(missing, [row for row in found if different.get(repr(row), 0) < 0])
    raise Wrong(f"{len(found)} rows, {len(wanted)} expected; {explain(missing, extra)}")


def nearest(row, others):
    if row is None or not others:
        return others[0] if others else None
    return min(others, key=lambda other: sum(1 for _ in differences(row, other)))


def explain(missing, extra):
    if missing is None or extra is None:
        return f"missing {shown(missing)}" if missing else f"too many {shown(extra)}"
    path, wanted, found = next(differences(missing, extra))
    return f"{path} is {shown(found)}, not {shown(wanted)}"


def differences(a, b, path=""):
    """Path and both values where two rows differ."""
    if is_struct(a) and is_struct(b):
        for (name, x), (_, y) in zip(a, b, strict=True):
            yield from differences(x, y, f"{path}.{name}" if path else name)
    elif repr(a) != repr(b):
        yield path, a, b


def is_struct(value):
    return isinstance(value, tuple) and value != () and all(isinstance(v, tuple) and len(v) == 2 for v in value)


def value_at(row, path):
    for name in path:
        if row is None:
            return None
        row = dict(row)[name]
    return row


def same_originals(rows, path):
    """`event.original` of every row against the simulator's ledger."""
    found = Counter(value_at(row, ("event", "original")) for row in rows)
    with open(path, encoding="utf-8") as file:
        wanted = Counter(json.loads(line) for line in file)
    if found == wanted:
        return counted(found.total(), "event")
    lost, repeated = wanted - found, found - wanted
    example = shown(next(iter(lost or repeated)))
    raise Wrong(f"{lost.total()} lost, {repeated.total()} too many, for example {example}")
