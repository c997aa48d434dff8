"""Reads tables through a REST catalog with PyIceberg, commits to one of them, or changes its properties.

Usage: check_rest_real.py JOB, where JOB is a JSON file with `uri`, `credential`, `database`, `mode` and
`read`: `when`, `tables` = [{"name", "rows", "metadata_location"}]; `commit`: `table`, `count`; `set`: `tables`, `properties`.
Prints one JSON object per check, and a line about what it did; exits with 0 when everything ran, also where a check failed.
"""

import json
import sys

from pyiceberg.catalog.rest import RestCatalog

from catalog_steps import commits, reads, sets
from checks import Wrong, check, counted, differ, none_wrong


def read(catalog, job):
    database = job["database"]
    names = sorted(expected["name"] for expected in job["tables"])
    if not names:
        raise Wrong("there are no tables")

    def lists():
        none_wrong(differ("tables", sorted(name for _, name in catalog.list_tables(database)), names))
        return ", ".join(names)

    check(f"REST server: PyIceberg lists the tables {job['when']}", lists)
    for expected in job["tables"]:
        name = expected["name"]
        found = catalog.load_table((database, name))
        check(f"REST server: PyIceberg reads {name} {job['when']}", reads, found, expected)
    print(counted(len(names), "table"))


def main(path):
    with open(path, encoding="utf-8") as file:
        job = json.load(file)
    catalog = RestCatalog("lake", uri=job["uri"], credential=job["credential"])
    if job["mode"] == "read":
        read(catalog, job)
        return
    if job["mode"] == "commit":
        print(commits(catalog, (job["database"], job["table"]), job["count"]))
        return
    print(sets(catalog, [(job["database"], name) for name in job["tables"]], job["properties"]))


main(sys.argv[1])
