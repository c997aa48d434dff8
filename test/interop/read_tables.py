"""Reads every table below a database folder with PyIceberg, which shares no code with the writer.

Usage: read_tables.py DATABASE_FOLDER OUTPUT_FOLDER

For each table OUTPUT_FOLDER/<table>.ndjson gets one JSON document a row, absent values left out, instants as
YYYY-MM-DDTHH:MM:SS.ffffffZ, sorted by event.hash where there is one and by the whole document otherwise. A line
"<table> <rows>" is printed for each. The table is also read once more through a filter on ts at the middle of its
time range: partition and bounds must not hide a row.
"""

import datetime
import decimal
import json
import pathlib
import sys
import uuid

from pyiceberg.expressions import GreaterThanOrEqual, LessThan
from pyiceberg.table import StaticTable

EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)


def plain(value):
    """Gives a value the form that it has in the rows that were written."""
    if isinstance(value, dict):
        members = {name: plain(item) for name, item in value.items()}
        return {name: item for name, item in members.items() if item is not None}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, datetime.datetime):
        aware = value if value.tzinfo else value.replace(tzinfo=datetime.timezone.utc)
        return aware.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    if isinstance(value, (decimal.Decimal, uuid.UUID)):
        return str(value)
    if isinstance(value, bytes):
        return value.hex()
    return value


def text_of(row):
    return json.dumps(row, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def sort_key(row):
    event = row.get("event")
    identity = event.get("hash") if isinstance(event, dict) else None
    return (identity or "", text_of(row))


def check_pruning(table, instants):
    """Counts the rows on both sides of an instant; together they are all rows, or pruning is wrong."""
    middle = sorted(instants)[len(instants) // 2].isoformat()
    late = table.scan(row_filter=GreaterThanOrEqual("ts", middle)).to_arrow().num_rows
    early = table.scan(row_filter=LessThan("ts", middle)).to_arrow().num_rows
    expected_late = sum(1 for instant in instants if instant.isoformat() >= middle)
    if (early, late) != (len(instants) - expected_late, expected_late):
        raise SystemExit(f"{table.name()}: a filter on ts hides rows, got {early} + {late} of {len(instants)}")


def read(folder, output):
    table = StaticTable.from_metadata(str(folder))
    rows = table.scan().to_arrow().to_pylist()
    instants = [row["ts"] for row in rows if row.get("ts") is not None]
    if instants:
        check_pruning(table, instants)
    documents = sorted((plain(row) for row in rows), key=sort_key)
    with open(output / f"{folder.name}.ndjson", "w", encoding="utf-8") as file:
        for document in documents:
            file.write(text_of(document) + "\n")
    return len(documents)


def main():
    database, output = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    output.mkdir(parents=True, exist_ok=True)
    for folder in sorted(database.iterdir()):
        if (folder / "metadata").is_dir():
            print(folder.name, read(folder, output), flush=True)


main()
