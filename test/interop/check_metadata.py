"""The metadata file, snapshots, manifest lists and manifests of a table (Iceberg spec, version 2)."""

import json
import os

import iceberg_values as values
from checks import counted, differ, none_wrong
from iceberg_files import ADDED, DELETED, EXISTING, by_id, manifest_entries, nodes_of, read_avro

REQUIRED = (
    "format-version table-uuid location last-sequence-number last-updated-ms last-column-id schemas current-schema-id "
    "partition-specs default-spec-id last-partition-id sort-orders default-sort-order-id"
).split()
MAPS = "column_sizes value_counts null_value_counts nan_value_counts lower_bounds upper_bounds".split()


def schema_and_layout(table):
    """Members that version 2 requires, field ids, instants with a zone, partitions by day."""
    metadata, problems = table.metadata, []
    problems += [f"{key} is missing" for key in REQUIRED if key not in metadata]
    problems += differ("format-version", metadata["format-version"], 2)
    problems += differ("location", metadata["location"], table.folder)
    hint = open(os.path.join(table.metadata_folder, "version-hint.text"), encoding="ascii").read()
    problems += differ("version-hint.text", hint.strip(), str(table.version))
    ids_by_name = {}
    for schema in metadata["schemas"]:
        nodes = list(nodes_of(schema["fields"]))
        problems += differ("unique field ids", len({node.id for node in nodes}), len(nodes))
        problems += [f"{n.name} has id {n.id} > last-column-id" for n in nodes if n.id > metadata["last-column-id"]]
        for node in nodes:
            problems += differ(f"id of {node.name}", node.id, ids_by_name.setdefault(node.path, node.id))
    ts = next(node for node in table.nodes if node.path == ("ts",))
    problems += differ("type of ts", ts.type, "timestamptz")
    created = [node.type for node in table.nodes if node.path == ("event", "created")]
    problems += differ("type of event.created", created, ["timestamptz"] if created else [])
    (spec,) = metadata["partition-specs"]
    (field,) = spec["fields"]
    problems += differ("partition", (field["transform"], field["source-id"]), ("day", ts.id))
    problems += differ("last-partition-id", metadata["last-partition-id"], field["field-id"])
    default = next(o for o in metadata["sort-orders"] if o["order-id"] == metadata["default-sort-order-id"])
    problems += differ("sort order", [(f["source-id"], f["direction"]) for f in default["fields"]], [(ts.id, "asc")])
    none_wrong(problems)
    return f"{counted(len(metadata['schemas']), 'schema')}, {len(table.nodes)} field ids"


def snapshots(table):
    """The chain of snapshots, their logs, and the totals in their summaries, counted again from the manifests."""
    metadata, problems = table.metadata, []
    problems += differ("sequence numbers", numbers(table), list(range(1, len(table.snapshots) + 1)))
    problems += differ("last-sequence-number", metadata["last-sequence-number"], len(table.snapshots))
    ids = [s["snapshot-id"] for s in table.snapshots]
    problems += differ("parents", [s.get("parent-snapshot-id") for s in table.snapshots], [None, *ids][: len(ids)])
    problems += differ("snapshot-log", [e["snapshot-id"] for e in metadata["snapshot-log"]], ids)
    times = [s["timestamp-ms"] for s in table.snapshots] + [metadata["last-updated-ms"]]
    problems += differ("snapshot times", times, sorted(times))
    if ids:
        problems += differ("current-snapshot-id", metadata["current-snapshot-id"], ids[-1])
        problems += differ("refs.main", metadata["refs"]["main"]["snapshot-id"], ids[-1])
        problems += differ("snapshot in JavaScript's range", [i for i in ids if not 0 < i < 2**53], [])
    else:
        problems += differ("current-snapshot-id", metadata.get("current-snapshot-id", -1), -1)
    logged = [entry["metadata-file"] for entry in metadata["metadata-log"]]
    wanted = [os.path.join(table.metadata_folder, f"v{n}.metadata.json") for n in range(1, table.version)]
    problems += differ("metadata-log", logged, wanted)
    problems += [f"{path} of the metadata log is gone" for path in logged if not os.path.exists(path)]
    for snapshot in table.snapshots:
        problems += summary_problems(table, snapshot)
    none_wrong(problems)
    return counted(len(ids), "snapshot")


def numbers(table):
    return [snapshot["sequence-number"] for snapshot in table.snapshots]


def summary_problems(table, snapshot):
    live = table.live(snapshot)
    own = [e for e in table.entries(snapshot) if e.snapshot_id == snapshot["snapshot-id"]]
    added = [e for e in own if e.status == ADDED]
    removed = [e for e in own if e.status == DELETED]
    yield from gone_problems(table, snapshot, {e.path for e in live}, added, removed)
    wanted = {
        "total-data-files": len(live),
        "total-records": sum(e.file["record_count"] for e in live),
        "total-files-size": sum(os.path.getsize(e.path) for e in live),
        "total-delete-files": 0,
        "total-position-deletes": 0,
        "total-equality-deletes": 0,
        "changed-partition-count": len({e.day for e in own}),
    }
    for entries, files, records, size in (
        (added, "added-data-files", "added-records", "added-files-size"),
        (removed, "deleted-data-files", "deleted-records", "removed-files-size"),
    ):
        wanted[files] = len(entries) or None
        wanted[records] = sum(e.file["record_count"] for e in entries) or None
        wanted[size] = sum(os.path.getsize(e.path) for e in entries) or None
    for key, value in wanted.items():
        text = None if value is None else str(value)
        yield from differ(f"{key} of snapshot {snapshot['sequence-number']}", snapshot["summary"].get(key), text)


def gone_problems(table, snapshot, live, added, removed):
    """Exactly the files that the parent held and this snapshot lacks are told as removed, and the operation says so."""
    number = snapshot["sequence-number"]
    parent = next((s for s in table.snapshots if s["snapshot-id"] == snapshot.get("parent-snapshot-id")), None)
    before = {e.path for e in table.live(parent)} if parent else set()
    yield from differ(f"files removed by snapshot {number}", {e.path for e in removed}, before - live)
    yield from differ(f"files added by snapshot {number}", {e.path for e in added}, live - before)
    operation = snapshot["summary"]["operation"]
    if not removed:
        yield from differ(f"operation of snapshot {number}", operation, "append")
    elif operation != "overwrite":
        yield from differ(f"operation of snapshot {number}", operation, "replace")
        counts = [sum(e.file["record_count"] for e in entries) for entries in (added, removed)]
        yield from differ(f"rows that snapshot {number} moved", *counts)


def manifest_lists(table):
    """Every manifest list against the manifests it names: lengths, counts, sequence numbers, days."""
    problems, lines = [], 0
    sequence_of = {s["snapshot-id"]: s["sequence-number"] for s in table.snapshots}
    for snapshot in table.snapshots:
        manifest_list = table.manifest_list(snapshot)
        problems += list_header_problems(snapshot, manifest_list.header)
        problems += [] if manifest_list.records else [f"{snapshot['manifest-list']} is empty"]
        for manifest in manifest_list.records:
            lines += 1
            problems += manifest_problems(manifest, sequence_of)
    none_wrong(problems)
    return counted(lines, "line")


def list_header_problems(snapshot, header):
    parent = snapshot.get("parent-snapshot-id")
    wanted = {
        "snapshot-id": str(snapshot["snapshot-id"]),
        "parent-snapshot-id": "null" if parent is None else str(parent),
        "sequence-number": str(snapshot["sequence-number"]),
        "format-version": "2",
    }
    for key, value in wanted.items():
        yield from differ(f"{key} in the header of a manifest list", header.get(key), value)


def manifest_problems(manifest, sequence_of):
    path = os.path.basename(manifest["manifest_path"])
    entries = list(manifest_entries(manifest))
    length = os.path.getsize(manifest["manifest_path"])
    yield from differ(f"manifest_length of {path}", manifest["manifest_length"], length)
    yield from differ(f"content of {path}", manifest["content"], 0)
    for word, status in (("added", ADDED), ("existing", EXISTING), ("deleted", DELETED)):
        of_status = [e for e in entries if e.status == status]
        rows = sum(e.file["record_count"] for e in of_status)
        yield from differ(f"{word} files of {path}", manifest[f"{word}_files_count"], len(of_status))
        yield from differ(f"{word} rows of {path}", manifest[f"{word}_rows_count"], rows)
    yield from differ(f"sequence of {path}", manifest["sequence_number"], sequence_of[manifest["added_snapshot_id"]])
    live = [e for e in entries if e.status != DELETED]
    wanted = min((e.sequence_number for e in live), default=manifest["sequence_number"])
    yield from differ(f"min sequence of {path}", manifest["min_sequence_number"], wanted)
    for entry in live:
        wanted = sequence_of[entry.snapshot_id]
        found = (entry.sequence_number, entry.file_sequence_number)
        yield from differ(f"sequence numbers of {entry.path}", found, (wanted, wanted))
    for entry in entries:
        if entry.status == DELETED:
            yield from differ(f"who deleted {entry.path}", entry.snapshot_id, manifest["added_snapshot_id"])
            if not entry.sequence_number == entry.file_sequence_number < manifest["sequence_number"]:
                yield f"{entry.path} was deleted with sequence number {entry.sequence_number}"
    (summary,) = manifest["partitions"]
    bounds = [values.decode_bound("date", summary[key]) for key in ("lower_bound", "upper_bound")]
    days = [e.day for e in entries]
    yield from differ(f"days of {path}", bounds, [min(days), max(days)])
    yield from differ(f"contains_null of {path}", summary["contains_null"], False)


def without_docs(schema):
    """Manifests leave out what columns are described with: it would be most of a small manifest, and nobody reads it there."""
    if isinstance(schema, dict):
        return {key: without_docs(value) for key, value in schema.items() if key != "doc"}
    return [without_docs(item) for item in schema] if isinstance(schema, list) else schema


def avro_files(table):
    """fastavro reads every Avro file, also those of old snapshots, and the headers say what readers go by."""
    problems, records = [], 0
    schemas = {schema["schema-id"]: schema for schema in table.metadata["schemas"]}
    (spec,) = table.metadata["partition-specs"]
    for path in table.avro_paths():
        avro = read_avro(path)
        records += len(avro.records)
        if os.path.basename(path).startswith("snap-"):
            continue
        header, name = avro.header, os.path.basename(path)
        schema = json.loads(header["schema"])
        problems += differ(f"schema-id of {name}", header["schema-id"], str(schema["schema-id"]))
        problems += differ(f"schema of {name}", schema, without_docs(schemas[schema["schema-id"]]))
        problems += differ(f"partition-spec of {name}", json.loads(header["partition-spec"]), spec["fields"])
        problems += differ(f"partition-spec-id of {name}", header["partition-spec-id"], str(spec["spec-id"]))
        problems += differ(f"format-version of {name}", header["format-version"], "2")
        problems += differ(f"content of {name}", header["content"], "data")
        for record in avro.records:
            file = record["data_file"]
            problems += differ(f"file_format in {name}", file["file_format"], "PARQUET")
            for key in MAPS:
                problems += differ(f"unique keys of {key} in {name}", len(by_id(file[key])), len(file[key] or []))
    none_wrong(problems)
    return f"{counted(len(table.avro_paths()), 'file')}, {counted(records, 'record')}"


def no_strays(table):
    """Every file in the folder is named by the table, and every file the table names is there."""
    named = {table.metadata_path, os.path.join(table.metadata_folder, "version-hint.text")}
    named.update(entry["metadata-file"] for entry in table.metadata["metadata-log"])
    for snapshot in table.snapshots:
        named.add(snapshot["manifest-list"])
        for manifest in table.manifest_list(snapshot).records:
            named.add(manifest["manifest_path"])
        named.update(entry.path for entry in table.entries(snapshot))
    there = {os.path.join(folder, name) for folder, _, names in os.walk(table.folder) for name in names}
    strays = [f"{path} is a stray" for path in sorted(there - named)]
    none_wrong(strays + [f"{path} is gone" for path in sorted(named - there)])
    return counted(len(there), "file")
