"""Reads tables through PyIceberg's own Glue catalog, or commits to one of them.

Usage: check_glue.py JOB, where JOB is a JSON file with `endpoint`, `database`, `mode` and
`read`: `when`, `tables` = [{"name", "rows", "metadata_location"}]; `commit`: `table`, `count`.
Prints one JSON object per check, and a line about what it did; exits with 0 when everything ran, also where a check failed.
"""

import json
import os
import sys

import boto3
from pyiceberg.catalog.glue import GlueCatalog
from pyiceberg.exceptions import CommitFailedException
from pyiceberg.types import StringType

from check_rows import expected_rows, rows_of, same_rows, without_null_lists
from checks import Wrong, check, counted, differ, none_wrong

ATTEMPT_COUNT_MAX = 200


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


def reads(table, expected):
    none_wrong(differ("metadata", table.metadata_location, expected["metadata_location"]))
    fields = json.loads(table.schema().model_dump_json(by_alias=True))["fields"]
    found, wanted = rows_of(fields, table.scan().to_arrow()), expected_rows(fields, expected["rows"])
    return same_rows(fields, without_null_lists(fields, found), without_null_lists(fields, wanted))


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
    """Counts up a property and adds a column, each in a commit of its own, on whatever the table has become meanwhile."""
    catalog, conflicts, done = catalog_of(job), 0, 0
    identifier = (job["database"], job["table"])
    for _ in range(ATTEMPT_COUNT_MAX):
        if done == job["count"]:
            break
        try:
            with catalog.load_table(identifier).transaction() as transaction:
                transaction.set_properties({"pyiceberg.commits": str(done + 1)})
                if done == 0:
                    with transaction.update_schema() as update:
                        update.add_column("analyst_note", StringType())
            done += 1
        except CommitFailedException:
            conflicts += 1
    print(f"{counted(done, 'commit')} of PyIceberg after {counted(conflicts, 'conflict')}")


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        job = json.load(file)
    {"read": read, "commit": commit}[job["mode"]](job)


if __name__ == "__main__":
    main()
