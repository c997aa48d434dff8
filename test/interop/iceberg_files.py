"""What stands in the folder of an Iceberg table, read with fastavro and pyarrow alone: PyIceberg forgives too much."""

import functools
import json
import os
import re
from dataclasses import dataclass

import fastavro
import pyarrow as pa
import pyarrow.parquet as pq

import iceberg_values as values

EXISTING, ADDED, DELETED = 0, 1, 2


@dataclass(frozen=True)
class Node:
    """A column, a field of a struct, or the element of a list."""

    id: int
    path: tuple
    type: object
    in_list: bool

    @property
    def name(self):
        return ".".join(self.path)

    @property
    def is_leaf(self):
        return isinstance(self.type, str)


@dataclass(frozen=True)
class Avro:
    """An Avro file: what its header says, its records, and its size on disk."""

    header: dict
    records: list
    size: int


@dataclass(frozen=True)
class Entry:
    """A line of a manifest, with the numbers that it inherits from the manifest list."""

    status: int
    snapshot_id: int
    sequence_number: int
    file_sequence_number: int
    file: dict
    manifest: dict

    @property
    def path(self):
        return self.file["file_path"]

    @property
    def day(self):
        (day,) = self.file["partition"].values()
        return (day - values.EPOCH_DAY).days if hasattr(day, "year") else day


class TableFolder:
    """One table, by its newest metadata file."""

    def __init__(self, folder):
        self.folder = folder
        self.name = os.path.basename(folder)
        self.metadata_folder = os.path.join(folder, "metadata")
        matches = [re.fullmatch(r"v(\d+)\.metadata\.json", name) for name in os.listdir(self.metadata_folder)]
        self.version = max(int(match[1]) for match in matches if match)
        self.metadata_path = os.path.join(self.metadata_folder, f"v{self.version}.metadata.json")
        with open(self.metadata_path, encoding="utf-8") as file:
            self.metadata = json.load(file)
        (self.schema,) = [s for s in self.metadata["schemas"] if s["schema-id"] == self.metadata["current-schema-id"]]
        self.nodes = list(nodes_of(self.schema["fields"]))
        self.snapshots = self.metadata["snapshots"]
        current = self.metadata.get("current-snapshot-id", -1)
        self.snapshot = next((s for s in self.snapshots if s["snapshot-id"] == current), None)

    def leaves(self):
        """Leaves of which each row has one value: only they have bounds."""
        return [node for node in self.nodes if node.is_leaf and not node.in_list]

    def manifest_list(self, snapshot):
        return read_avro(snapshot["manifest-list"])

    def entries(self, snapshot):
        """Every entry of a snapshot, also deleted ones."""
        for manifest in self.manifest_list(snapshot).records:
            yield from manifest_entries(manifest)

    def live(self, snapshot=None):
        """The entries of the data files that a snapshot holds, by default the current one."""
        snapshot = snapshot or self.snapshot
        if snapshot is None:
            return []
        return [entry for entry in self.entries(snapshot) if entry.status != DELETED]

    def avro_paths(self):
        names = sorted(name for name in os.listdir(self.metadata_folder) if name.endswith(".avro"))
        return [os.path.join(self.metadata_folder, name) for name in names]


def manifest_entries(manifest):
    for record in read_avro(manifest["manifest_path"]).records:
        inherited = manifest["sequence_number"] if record["status"] == ADDED else None
        own = (record["sequence_number"], record["file_sequence_number"])
        yield Entry(
            record["status"],
            manifest["added_snapshot_id"] if record["snapshot_id"] is None else record["snapshot_id"],
            inherited if own[0] is None else own[0],
            inherited if own[1] is None else own[1],
            record["data_file"],
            manifest,
        )


def nodes_of(fields, path=(), in_list=False):
    for field in fields:
        yield from node_of(field["id"], (*path, field["name"]), field["type"], in_list)


def node_of(id, path, type, in_list):
    yield Node(id, path, type, in_list)
    if isinstance(type, dict) and type["type"] == "struct":
        yield from nodes_of(type["fields"], path, in_list)
    elif isinstance(type, dict):
        yield from node_of(type["element-id"], (*path, "element"), type["element"], True)


# Snapshots share their manifests, and checks their files.
@functools.cache
def read_avro(path):
    with open(path, "rb") as file:
        reader = fastavro.reader(file)
        return Avro(dict(reader.metadata), list(reader), os.path.getsize(path))


@functools.cache
def read_parquet(path):
    """The rows of a data file as they stand in it, without the columns that the folder names say."""
    return pq.read_table(path, partitioning=None)


@functools.cache
def read_footer(path):
    return pq.read_metadata(path)


def by_id(pairs):
    """A map of a manifest: Avro has it as a list of pairs."""
    return {pair["key"]: pair["value"] for pair in pairs or []}


def arrow_nodes(schema):
    """Path, field id and type of everything in an Arrow schema; the ids are those of the Parquet footer."""
    for field in schema:
        yield from arrow_node((field.name,), field)


def arrow_node(path, field):
    id = (field.metadata or {}).get(b"PARQUET:field_id")
    yield path, None if id is None else int(id), field.type
    if pa.types.is_struct(field.type):
        for child in field.type:
            yield from arrow_node((*path, child.name), child)
    elif pa.types.is_list(field.type):
        yield from arrow_node((*path, "element"), field.type.value_field)


@functools.cache
def leaf_values(path, node):
    """The values of a leaf in a data file, one for each row; None where the file is older than the column."""
    table = read_parquet(path)
    if node.path[0] not in table.column_names:
        return None
    column = table.column(node.path[0]).combine_chunks()
    for name in node.path[1:]:
        index = column.type.get_field_index(name)
        if index < 0:
            return None
        # `flatten` hands a null of the struct on to its members, as `field` would not.
        column = column.flatten()[index]
    return values.from_arrow(node.type, column)
