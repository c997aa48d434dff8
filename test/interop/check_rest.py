"""Reads tables through a REST catalog with PyIceberg, and says what is wrong.

Usage: check_rest.py JOB, where JOB is a JSON file `{"uri", "token", "tables": [{"name", "rows", "columns", "sum"}]}`.
Prints one JSON object per check, as check_tables.py does; commits nothing.
"""

import json
import sys

from pyiceberg.catalog.rest import RestCatalog

from checks import check, counted, differ, none_wrong


def reads(catalog, wanted):
    """Rows, columns and history, through the catalog alone."""
    table = catalog.load_table(wanted["name"])
    rows = table.scan().to_arrow()
    problems = list(differ("rows", rows.num_rows, wanted["rows"]))
    problems += differ("columns", [field.name for field in table.schema().fields], wanted["columns"])
    problems += differ("sum of n", sum(n for n in rows["n"].to_pylist() if n is not None), wanted["sum"])
    problems += differ("ids", [field.field_id for field in table.schema().fields][0], wanted["first_id"])
    problems += differ("snapshots", len(list(table.snapshots())), wanted["snapshots"])
    day = table.scan(row_filter=wanted["filter"]).to_arrow()
    problems += differ("rows of a filter", day.num_rows, wanted["filtered"])
    none_wrong(problems)
    return counted(rows.num_rows, "row")


def main(path):
    with open(path, encoding="utf-8") as file:
        job = json.load(file)
    catalog = RestCatalog("lake", uri=job["uri"], credential=job["credential"])
    for wanted in job["tables"]:
        check(f"rest: PyIceberg reads {wanted['name']}", reads, catalog, wanted)


main(sys.argv[1])
