"""Checkpoints and SavedModels that attackers write; every checksum in them is right.

The tables hold functions, so that only the test that needs a file makes it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import google_crc32c

from tests.source.file.checkpoint.forged import GRAPH, text, text_checksum
from tests.source.file.checkpoint.table import entry, header, message, shape, table, varint
from weightscope.source.file.checkpoint.ordered_code import slice_key

_FLOAT, _STRING = 1, 7
_VALUES = bytes(range(48))
_KERNEL = b"dense/kernel"

Write = Callable[[Path], None]

#: `saved_model.pb`, and `keras_metadata.pb` if Keras would have written one beside it.
SavedModel = tuple[bytes, bytes | None]


def _write(prefix: Path, rows: dict[bytes, bytes], data: bytes = _VALUES) -> None:
    prefix.with_name(f"{prefix.name}.index").write_bytes(table({b"": header(), **rows}))
    prefix.with_name(f"{prefix.name}.data-00000-of-00001").write_bytes(data)


def _kernel(
    sizes: tuple[int, ...] = (3, 4), offset: int = 0, size: int = 48, dtype: int = _FLOAT, shard: int = 0
) -> bytes:
    return entry(dtype, sizes, offset, size, google_crc32c.value(_VALUES), shard)


def _with_entry(value: bytes) -> Write:
    return lambda prefix: _write(prefix, {_KERNEL: value})


def _with_header(value: bytes) -> Write:
    return lambda prefix: _write(prefix, {b"": value, _KERNEL: _kernel()})


def _with_graph(graph: bytes, rows: dict[bytes, bytes] | None = None) -> Write:
    def write(prefix: Path) -> None:
        written = text(graph)
        place = entry(_STRING, (), len(_VALUES), len(written), text_checksum(written))
        _write(prefix, {GRAPH: place, **({_KERNEL: _kernel()} if rows is None else rows)}, _VALUES + written)

    return write


def _extents(*extents: tuple[int, int]) -> bytes:
    return message(*((1, message((1, start), (2, length))) for start, length in extents))


def _partitioned(*parts: tuple[int, int]) -> Write:
    """Rows of a (4, 3) tensor: where each part begins, and how many it has."""
    whole = message((1, _FLOAT), (2, shape(4, 3)), *((7, _extents((start, rows), (0, 3))) for start, rows in parts))
    stored = {
        slice_key(_KERNEL, [(start, rows), (0, 3)]): entry(
            _FLOAT, (rows, 3), start * 12, rows * 12, google_crc32c.value(_VALUES[start * 12 : (start + rows) * 12])
        )
        for start, rows in parts
    }
    return lambda prefix: _write(prefix, {**stored, _KERNEL: whole})


def _node(children: dict[bytes, int], key: bytes | None = None, name: bytes = b"", slots: int = 0) -> bytes:
    fields: list[tuple[int, int | bytes]] = [(1, message((1, node), (2, child))) for child, node in children.items()]
    if key is not None:
        fields.append((2, message((1, b"VARIABLE_VALUE"), (2, name), (3, key))))
    fields += [(3, message((1, 1), (2, b"m"), (3, 1)))] * slots
    return message((1, message(*fields)))


def _chain(length: int, name: bytes) -> bytes:
    """A graph of objects inside one another; the last one is a variable."""
    nodes = [_node({name: index + 1}) for index in range(length - 1)]
    return b"".join(nodes) + _node({}, _KERNEL)


def _optimizers(count: int) -> bytes:
    """A graph in which everything is an optimizer and leads to everything else."""
    root = _node({b"%d" % index: index + 1 for index in range(count)})
    return root + b"".join(_node({b"next": (index + 1) % count + 1}, slots=1) for index in range(count))


def _index_alone(rows: dict[bytes, bytes]) -> Write:
    def write(prefix: Path) -> None:
        prefix.with_name(f"{prefix.name}.index").write_bytes(table(rows))

    return write


def _packed_bomb(prefix: Path) -> None:
    _write(prefix, {_KERNEL: _kernel()})
    index = prefix.with_name(f"{prefix.name}.index")
    huge = varint((1 << 32) - 1) + b"\xfe\x01\x00" * 1000
    whole = bytearray(huge + b"\x01")
    checksum = google_crc32c.value(bytes(whole))
    masked = (((checksum >> 15) | (checksum << 17)) + 0xA282EAD8) & 0xFFFFFFFF
    whole += masked.to_bytes(4, "little")
    handle = varint(0) + varint(len(huge))
    index.write_bytes(bytes(whole) + (handle * 2).ljust(40, b"\0") + index.read_bytes()[-8:])


def _index_of_itself(prefix: Path) -> None:
    """An index block whose one entry is that block."""
    rows = {b"a": varint(0) + varint(14)}
    _write(prefix, {})
    index = prefix.with_name(f"{prefix.name}.index")
    data = table(rows)
    size = len(data) - 48
    index.write_bytes(data[:size] + ((varint(0) + varint(14)) * 2).ljust(40, b"\0") + data[-8:])


def _state_of_elsewhere(prefix: Path) -> None:
    _write(prefix, {_KERNEL: _kernel()})
    (prefix.parent / "checkpoint").write_text('model_checkpoint_path: "/etc/passwd"\n')


def _overlapping(count: int, size: int) -> Write:
    """Tensors that all lie over the same bytes: a small index declares gigabytes."""
    one = entry(_FLOAT, (size // 4,), 0, size, google_crc32c.value(bytes(size)))
    return lambda prefix: _write(prefix, {b"w%06d" % index: one for index in range(count)}, bytes(size))


def _keys(count: int, *names: bytes) -> Write:
    """So many keys of each name, in which `%d` stands for a number; their data shard is missing."""

    def write(prefix: Path) -> None:
        rows = {name % index: entry(_FLOAT, (3, 4), 48 * index, 48) for index in range(count) for name in names}
        prefix.with_name(f"{prefix.name}.index").write_bytes(table({b"": header(), **rows}))

    return write


def _state_of_blank_lines(prefix: Path) -> None:
    _write(prefix, {_KERNEL: _kernel()})
    (prefix.parent / "checkpoint").write_bytes(b" \n" * (1 << 19))


#: Each returns what writes a checkpoint under a prefix; the checkpoint must be refused.
REFUSED: dict[str, Callable[[], Write]] = {
    "no_header": lambda: _index_alone({_KERNEL: _kernel()}),
    "no_entries": lambda: _index_alone({}),
    "no_shards": lambda: _with_header(header(0)),
    "shards_without_end": lambda: _with_header(header(1 << 30)),
    "packed_bomb": lambda: _packed_bomb,
    "index_of_itself": lambda: _index_of_itself,
    "negative_offset": lambda: _with_entry(_kernel(offset=-4)),
    "negative_size": lambda: _with_entry(_kernel(size=-48)),
    "beyond_the_end": lambda: _with_entry(_kernel(offset=4)),
    "far_beyond_the_end": lambda: _with_entry(_kernel(offset=1 << 62)),
    "terabytes": lambda: _with_entry(_kernel(sizes=(1 << 20, 1 << 20), size=48)),
    "shape_that_overflows": lambda: _with_entry(_kernel(sizes=(1 << 40, 1 << 40))),
    "shape_that_overflows_to_zero": lambda: _with_entry(_kernel(sizes=(1 << 32, 1 << 32, 0))),
    "negative_axis": lambda: _with_entry(_kernel(sizes=(-3, -4))),
    "axes_without_end": lambda: _with_entry(_kernel(sizes=(1,) * 100)),
    "shard_that_is_none": lambda: _with_entry(_kernel(shard=7)),
    "negative_shard": lambda: _with_entry(_kernel(shard=-1)),
    "no_message": lambda: _with_entry(b"\xff" * 40),
    "axes_of_one_tensor": lambda: _with_entry(_kernel(sizes=(1,) * 1_000_000)),
    "parts_that_overlap": lambda: _partitioned((0, 3), (1, 1)),
    "parts_with_a_gap": lambda: _partitioned((0, 1), (2, 2)),
    "part_outside": lambda: _partitioned((0, 2), (3, 2)),
    "part_before": lambda: _partitioned((0, 2), (-2, 2)),
    "part_that_is_not_there": lambda: _with_entry(
        message((1, _FLOAT), (2, shape(4, 3)), (7, _extents((0, 4), (0, 3))))
    ),
    "parts_without_end": lambda: _with_entry(
        message((1, _FLOAT), (2, shape(4, 3)), *([(7, _extents((0, 4), (0, 3)))] * 2000))
    ),
    "empty_graph": lambda: _with_graph(b""),
    "graph_of_nothing": lambda: _with_graph(b"\xff\xff\xff"),
    "graph_that_leads_nowhere": lambda: _with_graph(_node({b"a": 5})),
    "graph_that_leads_before": lambda: _with_graph(_node({b"a": -1})),
    "graph_of_objects_without_end": lambda: _with_graph(b"\x0a\x00" * 8_000_000),
    "graph_of_names_without_end": lambda: _with_graph(message((1, b"\x0a\x00" * 4_000_000))),
    "tensors_that_overlap": lambda: _overlapping(20_000, 1 << 22),
    "small_tensors_that_overlap": lambda: _overlapping(100_000, 48),
    "one_tensor_too_many": lambda: _overlapping(2, 48),
    "names_without_end": lambda: _keys(16_000, b"%d" + b"n" * 2000),
    "names_of_wide_characters": lambda: _keys(16_000, b"%d" + b"n" * 600 + "\U0001f600".encode()),
}

#: Each returns what writes a checkpoint that lists its one variable, `dense/kernel`.
LISTED: dict[str, Callable[[], Write]] = {
    "graph_in_circles": lambda: _with_graph(_node({b"": 0, b"a": 1}) + _node({b"": 0, b"b": 1}, _KERNEL)),
    "graph_that_stores_twice": lambda: _with_graph(_node({b"a": 1, b"b": 1}) + _node({}, _KERNEL, _KERNEL)),
    "deep_graph": lambda: _with_graph(_chain(100_000, b"a")),
    "deep_graph_of_empty_names": lambda: _with_graph(_chain(100_000, b"")),
    "optimizers_without_end": lambda: _with_graph(_optimizers(30_000)),
    "state_of_elsewhere": lambda: _state_of_elsewhere,
    "state_of_blank_lines": lambda: _state_of_blank_lines,
}


_VALUE = b"/.ATTRIBUTES/VARIABLE_VALUE"

#: Indexes of as many tensors as there may be, which list; how many of the tensors are the model's.
LARGE: dict[str, tuple[int, Write]] = {
    "names": (131_000, _keys(131_000, b"model/layer_%06d/kernel")),
    "slots": (43_000, _keys(43_000, b"layer_%d/w", b"train/layer_%d/w/Adam", b"train/layer_%d/w/Adam_1")),
    "objects": (65_000, _keys(65_000, b"layer-%d/kernel" + _VALUE)),
    "slots_of_objects": (
        43_000,
        _keys(43_000, b"w%d" + _VALUE, *(b"w%%d/.OPTIMIZER_SLOT/o/%s" % slot + _VALUE for slot in (b"m", b"v"))),
    ),
}


def write_saved_model(folder: Path, model: SavedModel) -> None:
    pb, keras = model
    folder.mkdir()
    (folder / "saved_model.pb").write_bytes(pb)
    if keras is not None:
        (folder / "keras_metadata.pb").write_bytes(keras)


def _saved(objects: bytes = b"", *more: tuple[int, bytes]) -> bytes:
    return message((1, 1), (2, message(*more, (7, objects))))


def _variable(*sizes: int, name: bytes = b"dense/kernel") -> bytes:
    return message((7, message((1, _FLOAT), (2, shape(*sizes)), (6, name))))


_ROOT = message((1, message((1, 1), (2, b"kernel"))), (4, message((1, b"_tf_keras_model"))))
_OBJECTS = message((1, _ROOT), (1, _variable(3, 4)))


def _keras(metadata: bytes) -> bytes:
    return message((1, message((2, 0), (4, b"_tf_keras_model"), (5, metadata))))


#: SavedModels that must be refused.
REFUSED_MODELS: dict[str, Callable[[], SavedModel]] = {
    "empty": lambda: (b"", None),
    "no_graph": lambda: (message((1, 1)), None),
    "graph_beyond_the_end": lambda: (b"\x08\x01\x12\xff\xff\xff\xff\x0f", None),
    "lengths_without_end": lambda: (b"\x12" + b"\xff" * 20, None),
    "groups": lambda: (message((1, 1)) + b"\x13" * 1000, None),
    "graphs_without_end": lambda: (b"\x12\x00" * 2_000_000, None),
    "signatures_without_end": lambda: (_saved(_OBJECTS, *([(5, b"")] * 100_000)), None),
    "objects_without_end": lambda: (_saved(b"\x0a\x00" * 1_000_000), None),
    "axes_without_end": lambda: (_saved(message((1, _ROOT), (1, _variable(*(1,) * 1000)))), None),
    "axes_of_one_variable": lambda: (_saved(message((1, _ROOT), (1, _variable(*(1,) * 500_000)))), None),
    "objects_that_are_not_there": lambda: (_saved(message((1, _ROOT))), None),
    "keras_that_nests": lambda: (_saved(_OBJECTS), _keras(b'{"a":' * 100_000 + b"1" + b"}" * 100_000)),
    "keras_without_end": lambda: (_saved(_OBJECTS), _keras(b"[" * 1_000_000)),
    "keras_that_is_none": lambda: (_saved(_OBJECTS), b"\xff" * 100),
}

#: SavedModels that list one variable.
LISTED_MODELS: dict[str, Callable[[], SavedModel]] = {
    "shape_of_terabytes": lambda: (_saved(message((1, _ROOT), (1, _variable(1 << 30, 1 << 30)))), None),
    "names_without_end": lambda: (_saved(message((1, b"\x0a\x00" * 2_000_000 + _ROOT), (1, _variable(3, 4)))), None),
    "keras_of_anything": lambda: (
        _saved(_OBJECTS),
        _keras(json.dumps({"name": 3, "class_name": [], "config": "x"}).encode()),
    ),
    "keras_of_objects_that_are_not_there": lambda: (
        _saved(_OBJECTS),
        message((1, message((2, 99), (4, b"_tf_keras_layer"), (5, b'{"name": "a", "class_name": "B"}')))),
    ),
    "name_of_escapes": lambda: (_saved(message((1, _ROOT), (1, _variable(3, 4, name=b"\x1b[31m\n\xff/kernel")))), None),
}
