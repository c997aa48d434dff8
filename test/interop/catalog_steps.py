"""What PyIceberg does with the tables of a catalog, whichever it is."""

import json

from pyiceberg.exceptions import CommitFailedException
from pyiceberg.types import StringType

from check_rows import expected_rows, rows_of, same_rows, without_null_lists
from checks import counted, differ, none_wrong

ATTEMPT_COUNT_MAX = 200


def reads(table, expected):
    """Every row of a table, against those of an NDJSON file."""
    none_wrong(differ("metadata", table.metadata_location, expected["metadata_location"]))
    fields = json.loads(table.schema().model_dump_json(by_alias=True))["fields"]
    found, wanted = rows_of(fields, table.scan().to_arrow()), expected_rows(fields, expected["rows"])
    return same_rows(fields, without_null_lists(fields, found), without_null_lists(fields, wanted))


def commits(catalog, identifier, count):
    """Counts up a property and adds a column, each in a commit of its own, on whatever the table has become meanwhile."""
    conflicts, done = 0, 0
    for _ in range(ATTEMPT_COUNT_MAX):
        if done == count:
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
    return f"{counted(done, 'commit')} of PyIceberg after {counted(conflicts, 'conflict')}"


def sets(catalog, identifiers, properties):
    """Sets properties of tables, as other engines do that say how much history to keep."""
    for identifier in identifiers:
        with catalog.load_table(identifier).transaction() as transaction:
            transaction.set_properties(properties)
    return "done"
