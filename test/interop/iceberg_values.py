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
    return [None if value is None else from_python(kind, value) for value in column.to_pylist()]


def from_python(kind, value):
    """One value as Arrow's `to_pylist` gives it."""
    if isinstance(value, datetime.datetime):
        aware = value if value.tzinfo else value.replace(tzinfo=datetime.timezone.utc)
        return (aware - EPOCH) // MICROSECOND
    if isinstance(value, datetime.date):
        return (value - EPOCH_DAY).days
    if isinstance(value, datetime.time):
        return time_us(value)
    if isinstance(value, uuid.UUID):
        return value.bytes
    if isinstance(value, decimal.Decimal):
        return DECIMALS.scaleb(value, 0)
    return value


def from_json(kind, value):
    """One value as our own JSON writes it."""
    if kind in ("timestamp", "timestamptz"):
        return iso_us(value)
    if kind == "date":
        return (datetime.date.fromisoformat(value) - EPOCH_DAY).days
    if kind == "time":
        return time_us(datetime.time.fromisoformat(value))
    if kind == "float":
        return struct.unpack("<f", struct.pack("<f", value))[0]
    if kind == "double":
        return float(value)
    if kind == "uuid":
        return uuid.UUID(value).bytes
    if kind == "binary":
        return blob(value)
    if kind.startswith("decimal"):
        return DECIMALS.create_decimal(value).quantize(decimal.Decimal(1).scaleb(-scale_of(kind)), context=DECIMALS)
    return value


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


def us_text(us):
    """The ISO text that PyIceberg's filters take."""
    return (EPOCH + us * MICROSECOND).isoformat(timespec="microseconds")


def time_us(time):
    return ((time.hour * 60 + time.minute) * 60 + time.second) * 1_000_000 + time.microsecond


def blob(text):
    """`\\xAB` is a byte, everything else ASCII."""
    return re.sub(rb"\\x([0-9A-Fa-f]{2})", lambda match: bytes.fromhex(match[1].decode()), text.encode("ascii"))


def scaled(unscaled, scale):
    return decimal.Decimal(unscaled).scaleb(-scale, context=DECIMALS)


def scale_of(kind):
    return int(re.fullmatch(r"decimal\(\s*\d+\s*,\s*(\d+)\s*\)", kind)[1])
