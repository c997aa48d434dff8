"""Damages tables on purpose and sees that the checks notice: a check that cannot fail says nothing."""

import contextlib
import json
import os

import fastavro
import pyarrow as pa
import pyarrow.parquet as pq
from pyiceberg.table import StaticTable

import check_files
import check_filters
import check_metadata
from check_rows import expected_rows, rows_in_files, rows_of, same_originals, same_rows
from checks import Wrong, check
from iceberg_files import TableFolder, leaf_values, read_avro, read_footer, read_parquet


def check_damages(log, made):
    """`log` and `made` are the jobs of a log table and of the table with every type."""
    damages = [
        (log, "a lower bound of ts that is too high", manifest_change(raise_bound("ts")), bounds_of),
        (log, "a file passed over because of that", manifest_change(raise_bound("ts")), pruning_of),
        (made, "the bounds of a boolean turned around", manifest_change(turn_flag), bounds_of),
        (log, "a file counted with one row too many", manifest_change(add_row), files_of),
        (log, "a file in the partition of another day", manifest_change(other_day), files_of),
        (log, "a manifest of another length", append_to_manifest, lists_of),
        (log, "a data file without its last row", data_change(lose_last), rows_of_files),
        (log, "a data file with a row twice", data_change(repeat_first), by_pyiceberg),
        (made, "a data file with a text lost", data_change(lose_texts), rows_of_files),
        (log, "a wrong total in a summary", metadata_change(wrong_total), snapshots_of),
        (log, "two field ids exchanged", metadata_change(exchange_ids), ids_of),
        (log, "an event that Duo has and the table has not", one_event_more, originals_of),
        (log, "a file that belongs to nobody", stray_file, strays_of),
    ]
    for job, what, damage, look in damages:
        check(f"damage is noticed: {what}", noticed, job, damage, look)


def noticed(job, damage, look):
    forget()
    try:
        with damage(job):
            look(job, TableFolder(job["folder"]))
    except Wrong as wrong:
        return str(wrong)[:70].replace("\n", " ") + "…"
    finally:
        forget()
    raise Wrong("nothing was said about it")


def forget():
    for read in (read_avro, read_footer, read_parquet, leaf_values):
        read.cache_clear()


# What to look at.


def bounds_of(_job, table):
    check_files.metrics(table)


def files_of(_job, table):
    check_files.files_on_disk(table)


def ids_of(_job, table):
    check_files.field_ids(table)


def lists_of(_job, table):
    check_metadata.manifest_lists(table)


def snapshots_of(_job, table):
    check_metadata.snapshots(table)


def strays_of(_job, table):
    check_metadata.no_strays(table)


def pruning_of(_job, table):
    check_filters.pruning(StaticTable.from_metadata(table.metadata_path), table)


def rows_of_files(job, table):
    fields = table.schema["fields"]
    same_rows(fields, rows_in_files(table), expected_rows(fields, job["rows"]))


def by_pyiceberg(job, table):
    fields = table.schema["fields"]
    arrow = StaticTable.from_metadata(table.metadata_path).scan().to_arrow()
    same_rows(fields, rows_of(fields, arrow), expected_rows(fields, job["rows"]))


def originals_of(job, table):
    same_originals(table.schema["fields"], rows_in_files(table), job["originals"])


# How to damage.


@contextlib.contextmanager
def restored(path):
    """Gives a file back as it was."""
    with open(path, "rb") as file:
        before = file.read()
    try:
        yield before
    finally:
        with open(path, "wb") as file:
            file.write(before)


def manifest_change(change):
    @contextlib.contextmanager
    def damage(job):
        table = TableFolder(job["folder"])
        path = table.manifest_list(table.snapshot).records[0]["manifest_path"]
        with restored(path):
            with open(path, "rb") as file:
                reader = fastavro.reader(file)
                schema, header, records = reader.writer_schema, dict(reader.metadata), list(reader)
            change(table, records[0]["data_file"])
            own = {key: value for key, value in header.items() if not key.startswith("avro.")}
            with open(path, "wb") as file:
                fastavro.writer(file, schema, records, codec="deflate", metadata=own)
            yield

    return damage


def raise_bound(name):
    def change(table, file):
        pair = bound_of(table, file["lower_bounds"], name)
        pair["value"] = (int.from_bytes(pair["value"], "little", signed=True) + 1).to_bytes(8, "little", signed=True)

    return change


def turn_flag(table, file):
    for key in ("lower_bounds", "upper_bounds"):
        pair = bound_of(table, file[key], "later")
        pair["value"] = bytes([1 - pair["value"][0]])


def bound_of(table, pairs, name):
    id = next(node.id for node in table.nodes if node.name == name)
    return next(pair for pair in pairs if pair["key"] == id)


def add_row(_table, file):
    file["record_count"] += 1


def other_day(_table, file):
    (name, day), *_ = file["partition"].items()
    file["partition"][name] = day.replace(day=day.day % 28 + 1)


@contextlib.contextmanager
def append_to_manifest(job):
    table = TableFolder(job["folder"])
    line = table.manifest_list(table.snapshot).records[0]
    with restored(line["manifest_path"]), open(line["manifest_path"], "ab") as file:
        # Avro's end is the end of the file, so an empty block more is still a manifest.
        file.write(b"\x00\x00" + read_sync(line["manifest_path"]))
        file.flush()
        yield


def read_sync(path):
    with open(path, "rb") as file:
        return file.read()[-16:]


def data_change(change):
    @contextlib.contextmanager
    def damage(job):
        path = max(TableFolder(job["folder"]).live(), key=lambda entry: entry.file["record_count"]).path
        with restored(path):
            pq.write_table(change(pq.read_table(path, partitioning=None)), path)
            yield

    return damage


def lose_last(rows):
    return rows.slice(0, rows.num_rows - 1)


def repeat_first(rows):
    return pa.concat_tables([rows, rows.slice(0, 1)])


def lose_texts(rows):
    index = rows.schema.get_field_index("text")
    return rows.set_column(index, rows.schema.field(index), pa.nulls(rows.num_rows, rows.schema.field(index).type))


def metadata_change(change):
    @contextlib.contextmanager
    def damage(job):
        table = TableFolder(job["folder"])
        with restored(table.metadata_path) as before:
            metadata = json.loads(before)
            change(metadata)
            with open(table.metadata_path, "w", encoding="utf-8") as file:
                json.dump(metadata, file)
            yield

    return damage


def wrong_total(metadata):
    summary = metadata["snapshots"][-1]["summary"]
    summary["total-records"] = str(int(summary["total-records"]) + 1)


def exchange_ids(metadata):
    for schema in metadata["schemas"]:
        event = next(field for field in schema["fields"] if field["name"] == "event")
        first, second = [field for field in event["type"]["fields"] if field["name"] in ("kind", "module")]
        first["id"], second["id"] = second["id"], first["id"]


@contextlib.contextmanager
def one_event_more(job):
    with restored(job["originals"]), open(job["originals"], "a", encoding="utf-8") as file:
        file.write('"{}"\n')
        file.flush()
        yield


@contextlib.contextmanager
def stray_file(job):
    path = os.path.join(job["folder"], "data", "stray.parquet")
    try:
        with open(path, "wb"):
            yield
    finally:
        os.remove(path)
