"""Rows as other readers see them against rows from somewhere else, value by value.

A row is a tuple with the values of the columns in their order, a struct and a list are tuples too.
"""

import json
from collections import Counter

import iceberg_values as values
from checks import Wrong, counted, shown
from iceberg_files import read_parquet


def row_reader(fields, reader):
    """Makes the function that turns a row of dictionaries into tuples; what is absent is None, as in a table."""
    names = [field["name"] for field in fields]
    readers = [(name, value_reader(field["type"], reader)) for name, field in zip(names, fields)]

    def read(row):
        if not row.keys() <= set(names):
            raise Wrong(f"columns that the schema lacks: {sorted(row.keys() - set(names))}")
        return tuple(None if (value := row.get(name)) is None else convert(value) for name, convert in readers)

    return read


def value_reader(type, reader):
    if isinstance(type, str):
        return reader(type)
    if type["type"] == "struct":
        return row_reader(type["fields"], reader)
    convert = value_reader(type["element"], reader)
    return lambda items: tuple(None if item is None else convert(item) for item in items)


def expected_rows(fields, path):
    read = row_reader(fields, values.json_reader)
    with open(path, encoding="utf-8") as file:
        return [read(json.loads(line)) for line in file]


def rows_of(fields, arrow):
    read = row_reader(fields, values.python_reader)
    return [read(row) for row in arrow.to_pylist()]


def rows_in_files(table):
    """The rows as they stand in the data files; a file that is older than a column lacks it."""
    return [row for entry in table.live() for row in rows_of(table.schema["fields"], read_parquet(entry.path))]


def without_null_lists(fields, rows):
    """PyIceberg reads a null list of structs as an empty one (apache/iceberg-python#3833); so is it here too."""
    return [blurred(fields, row) for row in rows]


def blurred(fields, row):
    return tuple(blurred_value(field["type"], value) for field, value in zip(fields, row))


def blurred_value(type, value):
    if isinstance(type, str):
        return value
    if type["type"] == "struct":
        return None if value is None else blurred(type["fields"], value)
    if value is None:
        return () if isinstance(type["element"], dict) and type["element"]["type"] == "struct" else None
    return tuple(blurred_value(type["element"], item) for item in value)


def same_rows(fields, found, wanted):
    """Compares as multisets: order means nothing, repetition does."""
    counts = Counter(wanted)
    counts.subtract(found)
    if not any(counts.values()):
        return counted(len(found), "row")
    missing = next((row for row in wanted if counts[row] > 0), None)
    extras = [row for row in found if counts[row] < 0]
    raise Wrong(f"{len(found)} rows, {len(wanted)} expected; {explain(fields, missing, extras)}")


def explain(fields, missing, extras):
    """Names the first difference to the most similar row."""
    if missing is None or not extras:
        return f"missing {shown(missing)}" if missing else f"too many {shown(extras[0])}"
    extra = min(extras, key=lambda row: sum(1 for _ in differences(fields, missing, row)))
    path, wanted, found = next(differences(fields, missing, extra))
    return f"{path} is {shown(found)}, not {shown(wanted)}"


def differences(fields, a, b, prefix=""):
    for field, x, y in zip(fields, a, b):
        path, type = prefix + field["name"], field["type"]
        if isinstance(type, dict) and type["type"] == "struct" and None not in (x, y):
            yield from differences(type["fields"], x, y, f"{path}.")
        elif x != y:
            yield path, x, y


def column_of(fields, rows, path):
    """The values of one column."""
    for name in path:
        index = next(i for i, field in enumerate(fields) if field["name"] == name)
        rows = [row and row[index] for row in rows]
        fields = fields[index]["type"]["fields"] if isinstance(fields[index]["type"], dict) else ()
    return rows


def same_originals(fields, rows, path):
    """`event.original` of every row against the simulator's ledger."""
    found = Counter(column_of(fields, rows, ("event", "original")))
    with open(path, encoding="utf-8") as file:
        wanted = Counter(json.loads(line) for line in file)
    if found == wanted:
        return counted(sum(found.values()), "event")
    lost, repeated = wanted - found, found - wanted
    example = shown(next(iter(lost or repeated)))
    raise Wrong(f"{sum(lost.values())} lost, {sum(repeated.values())} too many, for example {example}")
