"""What readers must still find in a table after something happened to it that must not show."""

from pyiceberg.table import StaticTable

import check_files
from check_rows import expected_rows, rows_in_files, rows_of, same_rows, without_null_lists
from checks import check
from iceberg_files import TableFolder


def check_again(when, name, folder, rows):
    """Rows, files and bounds; what the whole history must look like is not asked, since some of it may be gone."""
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
