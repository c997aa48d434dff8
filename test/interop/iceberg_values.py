"""Values of Iceberg's types in a form that can be compared, whoever read them.

An instant becomes microseconds since 1970, a date days, a time microseconds, a uuid and a binary its bytes, everything
else Python's own. Only this file knows how metadata (appendix D of the spec), Arrow and JSON write a value.
"""

import datetime
import decimal
import math
import re
import struct
import uuid

import pyarrow as pa

EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
EPOCH_DAY = datetime.date(1970, 1, 1)
MICROSECOND = datetime.timedelta(microseconds=1)
DAY_US = 86_400_000_000
# Python's default of 28 digits would round decimals of 38.
DECIMALS = decimal.Context(prec=60)


def decode_bound(kind, raw):
    """A bound as it stands in a manifest; one written before a promotion has the narrower form."""
    if kind == "boolean":
        return {b"\x00": False, b"\x01": True}[raw]
    if kind in ("int", "date"):
        return struct.unpack("<i", raw)[0]
    if kind in ("long", "time", "timestamp", "timestamptz"):
        return struct.unpack("<i" if kind == "long" and len(raw) == 4 else "<q", raw)[0]
    if kind in ("float", "double"):
        return struct.unpack("<f" if kind == "float" or len(raw) == 4 else "<d", raw)[0]
    if kind == "string":
        return raw.decode("utf-8", "strict")
    if kind.startswith("decimal"):
        return scaled(int.from_bytes(raw, "big", signed=True), scale_of(kind))
    return bytes(raw)


def from_arrow(kind, column):
    """The values of a leaf of an Arrow table."""
    column = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if kind in ("timestamp", "timestamptz", "time"):
        return column.cast(pa.int64()).to_pylist()
    if kind == "date":
        return column.cast(pa.int32()).to_pylist()
    read = python_reader(kind)
    return [None if value is None else read(value) for value in column.to_pylist()]


def python_reader(kind):
    """How a value looks that Arrow's `to_pylist` gives; one of another class is an error."""
    if kind in ("timestamp", "timestamptz"):
        return instant_us
    if kind == "date":
        return lambda day: (day - EPOCH_DAY).days
    if kind == "time":
        return time_us
    if kind == "uuid":
        return lambda value: value.bytes if isinstance(value, uuid.UUID) else exactly(bytes)(value)
    return exactly(CLASSES.get(kind, decimal.Decimal))


def json_reader(kind):
    """How a value looks that our own JSON gives."""
    if kind in ("timestamp", "timestamptz"):
        return iso_us
    if kind == "date":
        return lambda text: (datetime.date.fromisoformat(text) - EPOCH_DAY).days
    if kind == "time":
        return lambda text: time_us(datetime.time.fromisoformat(text))
    if kind == "float":
        return lambda number: struct.unpack("<f", struct.pack("<f", number))[0]
    if kind == "double":
        return float
    if kind == "uuid":
        return lambda text: uuid.UUID(text).bytes
    if kind == "binary":
        return lambda text: text.encode("utf-8")
    if kind.startswith("decimal"):
        step = decimal.Decimal(1).scaleb(-scale_of(kind))
        return lambda text: DECIMALS.create_decimal(text).quantize(step, context=DECIMALS)
    return exactly(CLASSES[kind])


CLASSES = {"boolean": bool, "int": int, "long": int, "float": float, "double": float, "string": str, "binary": bytes}


def exactly(wanted):
    def read(value):
        if type(value) is not wanted:
            raise TypeError(f"{value!r} is no {wanted.__name__}")
        return value

    return read


def order(value):
    """A key that sorts as Iceberg compares: -0.0 is less than 0.0."""
    return (value, math.copysign(1, value)) if isinstance(value, float) else value


def is_nan(value):
    return isinstance(value, float) and math.isnan(value)


def iso_us(text):
    """Microseconds of `YYYY-MM-DDTHH:MM:SS[.f]Z`; every other form is an error."""
    seconds, fraction = re.fullmatch(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?Z", text).groups()
    whole = datetime.datetime.fromisoformat(seconds).replace(tzinfo=datetime.timezone.utc) - EPOCH
    return whole // MICROSECOND + int((fraction or "0").ljust(6, "0"))


def instant_us(value):
    aware = value if value.tzinfo else value.replace(tzinfo=datetime.timezone.utc)
    return (aware - EPOCH) // MICROSECOND


def us_text(us):
    """The ISO text that PyIceberg's filters take."""
    return (EPOCH + us * MICROSECOND).isoformat(timespec="microseconds")


def time_us(time):
    return ((time.hour * 60 + time.minute) * 60 + time.second) * 1_000_000 + time.microsecond


def scaled(unscaled, scale):
    return decimal.Decimal(unscaled).scaleb(-scale, context=DECIMALS)


def scale_of(kind):
    return int(re.fullmatch(r"decimal\(\s*\d+\s*,\s*(\d+)\s*\)", kind)[1])
