"""Reads every table of a lake with readers that share no code with duolake, and says what is wrong.

Usage: check_tables.py JOB, where JOB is a JSON file `{"tables": [{"name", "folder", "rows", "originals", "key"}]}`; with `"when"` beside
`tables` they were read whole before, and only what may have changed is looked at.
Prints one JSON object per check; exits with 0 when all checks ran, also where some failed.
"""

import json
import sys

import pyiceberg
from pyiceberg.table import StaticTable

import check_files
import check_metadata
from check_again import check_again
from check_filters import filters, pruning
from check_rows import expected_rows, rows_in_files, rows_of, same_originals, same_rows, without_null_lists
from checks import Wrong, check, counted, differ, none_wrong
from damage import check_damages
from iceberg_files import TableFolder

# PyIceberg 0.10, the last one for Python 3.9 and 3.10, opens no folder that says only a number in its version hint, filters no
# nested columns, and cannot compare bounds of columns that were promoted.
IS_OLD = tuple(map(int, pyiceberg.__version__.split(".")[:2])) < (0, 11)


def opens(folder, table):
    """By its newest metadata file and by its folder alone."""
    by_file, problems = StaticTable.from_metadata(table.metadata_path), []
    if not IS_OLD:
        by_folder = StaticTable.from_metadata(folder)
        problems += differ("table found by its folder", by_folder.metadata_location, table.metadata_path)
    ids = [s["snapshot-id"] for s in table.snapshots]
    problems += differ("snapshots", [s.snapshot_id for s in by_file.snapshots()], ids)
    snapshot = by_file.current_snapshot()
    problems += differ("current snapshot", snapshot and snapshot.snapshot_id, ids[-1] if ids else None)
    names = {node.id: node.name for node in table.nodes}
    problems += differ("columns", {id: by_file.schema().find_column_name(id) for id in names}, names)
    none_wrong(problems)
    return f"version {table.version}"


def time_travel(static, table):
    """Some snapshots show as many rows as their summaries say."""
    problems, looked = [], table.snapshots[:: max(1, len(table.snapshots) // 3)]
    for snapshot in looked:
        count = static.scan(snapshot_id=snapshot["snapshot-id"], selected_fields=("ts",)).to_arrow().num_rows
        wanted = int(snapshot["summary"]["total-records"])
        problems += differ(f"rows of snapshot {snapshot['sequence-number']}", count, wanted)
    none_wrong(problems)
    return counted(len(looked), "snapshot")


def inspections(static, table):
    """PyIceberg's own tables about the table: it decodes every bound for them."""
    inspect, live, problems = static.inspect, table.live(), []
    problems += differ("snapshots", inspect.snapshots().num_rows, len(table.snapshots))
    problems += differ("history", inspect.history().num_rows, len(table.snapshots))
    problems += differ("partitions", inspect.partitions().num_rows, len({entry.day for entry in live}))
    problems += differ("manifests", inspect.manifests().num_rows, len(table.manifest_list(table.snapshot).records))
    # PyIceberg 0.12 cannot show the bounds of a uuid column (Arrow: "extension").
    if all(node.type != "uuid" for node in table.nodes):
        files, entries = inspect.files(), inspect.entries()
        problems += differ("files", sorted(files["file_path"].to_pylist()), sorted(entry.path for entry in live))
        records = sum(entry.file["record_count"] for entry in live)
        problems += differ("rows of files", sum(files["record_count"].to_pylist()), records)
        problems += differ("entries", entries.num_rows, len(list(table.entries(table.snapshot))))
    none_wrong(problems)
    return counted(len(live), "file")


def check_table(name, folder, rows, originals, key):
    table = TableFolder(folder)
    check(f"{name}: PyIceberg opens it by metadata file and by folder", opens, folder, table)
    check(f"{name}: schema, partition and layout", check_metadata.schema_and_layout, table)
    check(f"{name}: snapshots and summaries", check_metadata.snapshots, table)
    check(f"{name}: manifest lists", check_metadata.manifest_lists, table)
    check(f"{name}: fastavro reads every Avro file", check_metadata.avro_files, table)
    check(f"{name}: no stray and no missing files", check_metadata.no_strays, table)
    check(f"{name}: data files on disk", check_files.files_on_disk, table)
    check(f"{name}: field ids and types in the footers", check_files.field_ids, table)
    check(f"{name}: counts and bounds", check_files.metrics, table)

    fields = table.schema["fields"]
    wanted = expected_rows(fields, rows)
    check(f"{name}: pyarrow reads the expected rows", lambda: same_rows(fields, rows_in_files(table), wanted))
    check_with_pyiceberg(table, wanted, originals, key)


def check_with_pyiceberg(table, wanted, originals, key):
    name, fields = table.name, table.schema["fields"]
    static = StaticTable.from_metadata(table.metadata_path)
    found = []

    def scan():
        found.extend(rows_of(fields, static.scan().to_arrow()))
        return same_rows(fields, without_null_lists(fields, found), without_null_lists(fields, wanted))

    check(f"{name}: PyIceberg reads the expected rows", scan)
    if originals is not None:
        check(f"{name}: event.original is what Duo has", same_originals, fields, found, originals)
    if not IS_OLD:
        check(f"{name}: PyIceberg passes over the right files", pruning, static, table)
        check(f"{name}: PyIceberg's filtered scans", filters, static, table, found, key)
    if table.snapshot is not None:
        check(f"{name}: PyIceberg's time travel", time_travel, static, table)
        check(f"{name}: PyIceberg inspects it", inspections, static, table)


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        job = json.load(file)
    if not job["tables"]:
        raise Wrong("there are no tables")
    if "when" in job:
        for expected in job["tables"]:
            check_again(job["when"], expected["name"], expected["folder"], expected["rows"])
        return
    for expected in job["tables"]:
        check_table(**expected)
    by_name = {expected["name"]: expected for expected in job["tables"]}
    check_damages(by_name["duo_telephony"], by_name["made_types"])


if __name__ == "__main__":
    main()
