"""Parquet: a table over many models in columns, for DuckDB, pandas and Polars. Needs pyarrow, the extra `parquet`."""

from __future__ import annotations

import importlib.util
import io
import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any

from weightscope.errors import WeightscopeError

if TYPE_CHECKING:
    from pyarrow import DataType

_INSTALL = "pip install pyarrow, or in a clone of weightscope: pip install '.[parquet]'"

#: Bytes of JSON that become one row group: with their columns some ten times as many in memory.
_GROUP_BYTES = 2 << 20


def check_pyarrow(file: str) -> None:
    """Checks, before any work is done, that Parquet can be written.

    Raises:
        WeightscopeError: pyarrow is not installed.
    """
    if importlib.util.find_spec("pyarrow") is None:
        raise WeightscopeError(file, "pyarrow, which writes Parquet, is not installed", _INSTALL)


def parquet(lines: Iterable[bytes], columns: Mapping[str, Mapping[str, Any]]) -> Iterator[bytes]:
    """Yields the bytes of a Parquet file, a row group at a time.

    Args:
        lines: The rows: whole lines of JSON.
        columns: The JSON Schema of each column, from which its type follows: text, whole numbers, float64, lists and
            structures. Values of a preview are float64; text in it is null.
    """
    groups = _groups(lines)
    first = next(groups, [])  # rows are read by processes that are copies of this one: smaller ones before pyarrow

    import pyarrow
    from pyarrow import parquet as files

    types = {name: _type_of(schema) for name, schema in columns.items()}
    schema = pyarrow.schema(list(types.items()))
    out = io.BytesIO()
    with files.ParquetWriter(out, schema, compression="zstd") as writer:
        for rows in chain([first], groups):
            arrays = [
                pyarrow.array([_converted(row.get(name), kind) for row in rows], kind) for name, kind in types.items()
            ]
            writer.write_table(pyarrow.Table.from_arrays(arrays, schema=schema))
            yield _drained(out)
    yield _drained(out)


def _groups(lines: Iterable[bytes]) -> Iterator[list[dict[str, Any]]]:
    waiting: list[bytes] = []
    size = 0
    for piece in lines:
        waiting.append(piece)
        size += len(piece)
        if size >= _GROUP_BYTES:
            yield _parsed(waiting)
            waiting, size = [], 0
    if waiting:
        yield _parsed(waiting)


def _parsed(pieces: Sequence[bytes]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in b"".join(pieces).splitlines()]


def _type_of(schema: Mapping[str, Any]) -> DataType:
    """Returns the type of a column whose values have this JSON Schema; every value may be null."""
    import pyarrow

    if "oneOf" in schema:
        return _type_of(next(one for one in schema["oneOf"] if one.get("type") != "null"))
    if "$ref" in schema:  # a number that may not be finite
        return pyarrow.float64()
    kinds = schema.get("type", "string")
    kind = next(one for one in ([kinds] if isinstance(kinds, str) else kinds) if one != "null")
    if kind == "array":
        return pyarrow.list_(_type_of(schema["items"]))
    if kind == "object":
        return pyarrow.struct([(name, _type_of(one)) for name, one in schema["properties"].items()])
    return {"integer": pyarrow.int64(), "number": pyarrow.float64(), "boolean": pyarrow.bool_()}.get(
        kind, pyarrow.string()
    )


def _converted(value: Any, kind: DataType) -> Any:
    """Returns a value of JSON as arrow takes it: JSON has numbers that are not finite as text."""
    if isinstance(value, list):
        return [_converted(one, kind.value_type) for one in value]
    if isinstance(value, dict):
        return {name: _converted(one, kind.field(name).type) for name, one in value.items()}
    if str(kind) != "double" or value is None:
        return value
    return _NOT_FINITE.get(value) if isinstance(value, str) else float(value)


_NOT_FINITE = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


def _drained(out: io.BytesIO) -> bytes:
    """Returns what was written; arrow counts the position in the file by itself."""
    written = out.getvalue()
    out.seek(0)
    out.truncate()
    return written
