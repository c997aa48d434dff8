"""The Parquet files of a table, and what the manifests promise about them."""

import os

import pyarrow as pa

import iceberg_values as values
from checks import counted, differ, none_wrong, shown
from iceberg_files import arrow_nodes, by_id, leaf_values, read_footer, read_parquet

# What a file may hold for a type of the schema: its own form, or that of the type before a promotion.
ARROW_TYPES = {
    "boolean": (pa.bool_(),),
    "int": (pa.int32(),),
    "long": (pa.int64(), pa.int32()),
    "float": (pa.float32(),),
    "double": (pa.float64(), pa.float32()),
    "date": (pa.date32(),),
    "time": (pa.time64("us"),),
    "timestamp": (pa.timestamp("us"),),
    "timestamptz": (pa.timestamp("us", tz="UTC"),),
    "string": (pa.string(),),
    "binary": (pa.binary(),),
    "uuid": (pa.uuid(), pa.binary(16)),
}


def files_on_disk(table):
    """Sizes, row counts, the day of every row, the order of rows."""
    problems, live = [], table.live()
    problems += differ("files named twice", len(live) - len({entry.path for entry in live}), 0)
    ts = next(node for node in table.nodes if node.path == ("ts",))
    for entry in live:
        name, file = os.path.basename(entry.path), entry.file
        problems += differ(f"size of {name}", file["file_size_in_bytes"], os.path.getsize(entry.path))
        problems += differ(f"record_count of {name}", file["record_count"], read_footer(entry.path).num_rows)
        instants = leaf_values(entry.path, ts)
        problems += differ(f"days in {name}", {us // values.DAY_US for us in instants}, {entry.day})
        if file["sort_order_id"]:
            problems += [] if instants == sorted(instants) else [f"{name} is not in order of ts"]
        groups = [read_footer(entry.path).row_group(i) for i in range(read_footer(entry.path).num_row_groups)]
        if file["split_offsets"] is not None:
            problems += differ(f"split_offsets of {name}", file["split_offsets"], [start_of(group) for group in groups])
    none_wrong(problems)
    return f"{counted(len(live), 'file')}, {counted(len({e.day for e in live}), 'day')}"


def start_of(group):
    column = group.column(0)
    return column.dictionary_page_offset or column.data_page_offset


def field_ids(table):
    """The footers' field ids and types, at every depth, are those of the schema."""
    by_path = {node.path: node for node in table.nodes}
    problems, count = [], 0
    for entry in table.live():
        name = os.path.basename(entry.path)
        for path, id, type in arrow_nodes(read_parquet(entry.path).schema):
            count += 1
            node = by_path.get(path)
            if node is None:
                problems.append(f"{name} has a column {'.'.join(path)} that the schema lacks")
                continue
            problems += differ(f"id of {node.name} in {name}", id, node.id)
            if node.is_leaf and type not in arrow_types(node.type):
                problems.append(f"{node.name} in {name} is {type}, not {node.type}")
    none_wrong(problems)
    return counted(count, "id")


def arrow_types(kind):
    if not kind.startswith("decimal"):
        return ARROW_TYPES[kind]
    scale = values.scale_of(kind)
    return tuple(pa.decimal128(precision, scale) for precision in range(max(1, scale), 39))


def metrics(table):
    """Counts and bounds in the manifests, counted again from the rows."""
    problems, bounds = [], 0
    for entry in table.live():
        lower, upper = by_id(entry.file["lower_bounds"]), by_id(entry.file["upper_bounds"])
        bounds += len(lower) + len(upper)
        known = {node.id for node in table.leaves()}
        problems += [f"{os.path.basename(entry.path)} has a bound for field {id}" for id in {*lower, *upper} - known]
        for node in table.leaves():
            column = leaf_values(entry.path, node)
            if column is not None:
                problems += count_problems(entry, node, column)
                problems += bound_problems(entry, node, column)
        problems += footer_problems(entry, table)
    none_wrong(problems)
    return counted(bounds, "bound")


def count_problems(entry, node, column):
    where = f"{node.name} in {os.path.basename(entry.path)}"
    wanted = {
        "value_counts": len(column),
        "null_value_counts": sum(1 for value in column if value is None),
    }
    if node.type in ("float", "double"):
        wanted["nan_value_counts"] = sum(1 for value in column if values.is_nan(value))
    for key, count in wanted.items():
        found = by_id(entry.file[key]).get(node.id)
        if found is not None or key != "nan_value_counts":
            yield from differ(f"{key} of {where}", found, count)


def bound_problems(entry, node, column):
    """A wrong bound makes engines pass over files that hold what is asked for; a missing one only costs time."""
    where = f"{node.name} in {os.path.basename(entry.path)}"
    lower, upper = (by_id(entry.file[key]).get(node.id) for key in ("lower_bounds", "upper_bounds"))
    real = [value for value in column if value is not None and not values.is_nan(value)]
    if not real:
        yield from differ(f"bounds of {where}, which has no values", (lower, upper), (None, None))
        return
    smallest, largest = min(real, key=values.order), max(real, key=values.order)
    if lower is None:
        if not is_beyond_duckdb(real):
            yield f"{where} has no lower bound"
    elif values.order(values.decode_bound(node.type, lower)) > values.order(smallest):
        yield f"lower bound of {where} is {shown(values.decode_bound(node.type, lower))}, over {shown(smallest)}"
    if upper is None:
        if not is_beyond_duckdb(real) and not is_endless(largest):
            yield f"{where} has no upper bound"
    elif values.order(values.decode_bound(node.type, upper)) < values.order(largest):
        yield f"upper bound of {where} is {shown(values.decode_bound(node.type, upper))}, under {shown(largest)}"
    if node.type not in ("string", "binary") and None not in (lower, upper):
        found = [values.decode_bound(node.type, raw) for raw in (lower, upper)]
        yield from differ(f"bounds of {where}", found, [smallest, largest])


def is_endless(value):
    """Nothing is above a text that begins with the last code point over and over: it has no short upper bound."""
    return isinstance(value, str) and value[:16] == "\U0010ffff" * 16


def is_beyond_duckdb(real):
    """DuckDB keeps no bounds of a column with a long text whose first 256 bytes have no ASCII that it could raise."""
    long_texts = (raw for raw in (value.encode() for value in real if isinstance(value, str)) if len(raw) > 256)
    return any(min(raw[:256]) >= 0x7F for raw in long_texts)


def footer_problems(entry, table):
    """Sizes of the columns, and counts also below lists, as the footer has them."""
    footer, name = read_footer(entry.path), os.path.basename(entry.path)
    by_path = {node.path: node.id for node in table.nodes}
    sizes, counts = {}, {}
    for group in (footer.row_group(i) for i in range(footer.num_row_groups)):
        for column in (group.column(i) for i in range(group.num_columns)):
            id = by_path[tuple(part for part in parquet_path(column.path_in_schema, by_path))]
            sizes[id] = sizes.get(id, 0) + column.total_compressed_size
            counts[id] = counts.get(id, 0) + column.num_values
    yield from differ(f"column_sizes of {name}", by_id(entry.file["column_sizes"]), sizes)
    yield from differ(f"value_counts of {name}", by_id(entry.file["value_counts"]), counts)


def parquet_path(text, by_path):
    """Parquet's path has one level more for each list (`list`); a column of that name would be no list's."""
    path = []
    for part in text.split("."):
        if part == "list" and (*path, "list") not in by_path and (*path, "element") in by_path:
            continue
        path.append(part)
    return path
