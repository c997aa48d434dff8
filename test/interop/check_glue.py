"""Reads tables through PyIceberg's own Glue catalog, or commits to one of them.

Usage: check_glue.py JOB, where JOB is a JSON file with `endpoint`, `database`, `mode` and
`read`: `when`, `tables` = [{"name", "rows", "metadata_location"}]; `commit`: `table`, `count`; `set`: `tables`, `properties`.
Prints one JSON object per check, and a line about what it did; exits with 0 when everything ran, also where a check failed.
"""

import json
import os
import sys

import boto3
from pyiceberg.catalog.glue import GlueCatalog

from catalog_steps import commits, reads, sets
from checks import Wrong, check, counted, differ, none_wrong


def catalog_of(job):
    region, key, secret = (os.environ[f"AWS_{name}"] for name in ("REGION", "ACCESS_KEY_ID", "SECRET_ACCESS_KEY"))
    keys = {"access-key-id": key, "secret-access-key": secret, "region": region, "endpoint": job["endpoint"]}
    return GlueCatalog("glue", **{f"{kind}.{name}": value for kind in ("glue", "s3") for name, value in keys.items()})


def glue_shows(glue, database, table):
    """What Athena needs to select from a table."""
    shown = glue.get_table(DatabaseName=database, Name=table.name()[-1])["Table"]
    parameters, storage = shown["Parameters"], shown["StorageDescriptor"]
    problems = []
    problems += differ("table type", (shown["TableType"], parameters["table_type"]), ("EXTERNAL_TABLE", "ICEBERG"))
    problems += differ("location", storage["Location"], table.location())
    current = [c for c in storage["Columns"] if c["Parameters"]["iceberg.field.current"] == "true"]
    wanted = [(field.name, str(field.field_id)) for field in table.schema().fields]
    problems += differ("columns", [(c["Name"], c["Parameters"]["iceberg.field.id"]) for c in current], wanted)
    none_wrong(problems)
    return counted(len(current), "column")


def read(job):
    catalog, database = catalog_of(job), job["database"]
    glue = boto3.client("glue", endpoint_url=job["endpoint"], region_name=os.environ["AWS_REGION"])
    names = sorted(expected["name"] for expected in job["tables"])
    if not names:
        raise Wrong("there are no tables")

    def lists():
        none_wrong(differ("tables", sorted(name for _, name in catalog.list_tables(database)), names))
        return ", ".join(names)

    check(f"Glue: PyIceberg lists the tables {job['when']}", lists)
    for expected in job["tables"]:
        name = expected["name"]
        check(f"Glue: PyIceberg reads {name} {job['when']}", lambda: reads(catalog.load_table((database, name)), expected))
        check(
            f"Glue: {name} has columns and parameters {job['when']}",
            lambda: glue_shows(glue, database, catalog.load_table((database, name))),
        )
    print(counted(len(names), "table"))


def commit(job):
    print(commits(catalog_of(job), (job["database"], job["table"]), job["count"]))


def set_properties(job):
    print(sets(catalog_of(job), [(job["database"], name) for name in job["tables"]], job["properties"]))


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        job = json.load(file)
    {"read": read, "commit": commit, "set": set_properties}[job["mode"]](job)


if __name__ == "__main__":
    main()
