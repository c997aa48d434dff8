"""Reads every table of a lake once more, after something happened to it that must not show.

Usage: check_again.py JOB, where JOB is a JSON file `{"when", "tables": [{"name", "folder", "rows"}]}`.
Prints one JSON object per check; exits with 0 when all checks ran, also where some failed.
"""

import json
import sys

from pyiceberg.table import StaticTable

import check_files
from check_rows import expected_rows, rows_in_files, rows_of, same_rows, without_null_lists
from checks import Wrong, check
from iceberg_files import TableFolder


def check_table(when, name, folder, rows):
    table = TableFolder(folder)
    fields = table.schema["fields"]
    wanted = expected_rows(fields, rows)

    def scan():
        found = rows_of(fields, StaticTable.from_metadata(table.metadata_path).scan().to_arrow())
        return same_rows(fields, without_null_lists(fields, found), without_null_lists(fields, wanted))

    check(f"{name}: PyIceberg reads the expected rows {when}", scan)
    check(f"{name}: pyarrow reads the expected rows {when}", lambda: same_rows(fields, rows_in_files(table), wanted))
    check(f"{name}: data files on disk {when}", check_files.files_on_disk, table)
    check(f"{name}: field ids and types in the footers {when}", check_files.field_ids, table)
    check(f"{name}: counts and bounds {when}", check_files.metrics, table)


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        job = json.load(file)
    if not job["tables"]:
        raise Wrong("there are no tables")
    for expected in job["tables"]:
        check_table(job["when"], expected["name"], expected["folder"], expected["rows"])


if __name__ == "__main__":
    main()
