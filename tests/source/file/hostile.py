"""Files as an attacker might craft them, one for each attack: written with h5py and zipfile, none needs Keras.

Each maker takes the path to write to.
"""

from __future__ import annotations

import base64
import io
import json
import marshal
import pickle
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np

Maker = Callable[[Path], None]

#: Written by a payload if it ever ran.
PROOF = "weightscope-payload-ran"


def layer(class_name: str = "Dense", module: str | None = "keras.layers", **config: Any) -> dict[str, Any]:
    own = {"name": "dense", "trainable": True, "units": 2, "use_bias": True, **config}
    return {"module": module, "class_name": class_name, "config": own, "registered_name": None}


def sequential(*layers: dict[str, Any]) -> dict[str, Any]:
    return {
        "module": "keras",
        "class_name": "Sequential",
        "config": {"name": "model", "layers": list(layers)},
    }


def _weights(write: Callable[[h5py.File], None] | None = None) -> bytes:
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        own = file.create_group("layers/dense/vars")
        own["0"] = np.ones((3, 2), np.float32)
        own["1"] = np.ones(2, np.float32)
        if write is not None:
            write(file)
    return buffer.getvalue()


def _archive(
    path: Path, config: dict[str, Any] | bytes | None = None, weights: bytes | None = None, **more: bytes
) -> None:
    content = config if isinstance(config, bytes) else json.dumps(config or sequential(layer())).encode()
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("metadata.json", json.dumps({"keras_version": "3.15.1", "date_saved": "2026-01-01"}))
        archive.writestr("config.json", content)
        archive.writestr("model.weights.h5", _weights() if weights is None else weights)
        for name, data in more.items():
            archive.writestr(name, data)


def _with(write: Callable[[h5py.File], None]) -> Maker:
    return lambda path: _archive(path, weights=_weights(write))


def _replaced(write: Callable[[h5py.Group], None]) -> Maker:
    def change(file: h5py.File) -> None:
        own = file["layers/dense/vars"]
        del own["0"]
        write(own)

    return _with(change)


def _external_link(own: h5py.Group) -> None:
    own["0"] = h5py.ExternalLink("/etc/passwd", "/")


def _soft_link(own: h5py.Group) -> None:
    own["0"] = h5py.SoftLink("/layers/dense/vars/1")


def _external_dataset(own: h5py.Group) -> None:
    own.create_dataset("0", (3, 2), "f4", external=[("/etc/passwd", 0, 24)])


def _virtual_dataset(own: h5py.Group) -> None:
    layout = h5py.VirtualLayout((3, 2), "f4")
    layout[:] = h5py.VirtualSource("/etc/passwd", "x", (3, 2))
    own.create_virtual_dataset("0", layout)


def _sixteen_tebibytes(own: h5py.Group) -> None:
    own.create_dataset("0", (1 << 22, 1 << 20), "f4", chunks=(1024, 1024), compression="gzip")


def _three_gibibytes(own: h5py.Group) -> None:
    own.create_dataset("0", (3 << 18, 1 << 10), "f4", chunks=(1024, 1024), compression="gzip")


def _three_gibibytes_unwritten(own: h5py.Group) -> None:
    own.create_dataset("0", (3 << 18, 1 << 10), "f4")


def _strings(own: h5py.Group) -> None:
    own.create_dataset("0", data=["a", "b"], dtype=h5py.string_dtype())


def _references(own: h5py.Group) -> None:
    own.create_dataset("0", data=[own.ref], dtype=h5py.ref_dtype)


def _compound(own: h5py.Group) -> None:
    own["0"] = np.zeros(3, [("a", "f4"), ("b", "i4")])


def _chunk_bomb(own: h5py.Group) -> None:
    own.create_dataset("0", data=np.zeros((1 << 9, 1 << 12), np.float32), chunks=(1 << 9, 1 << 12), compression="gzip")


def _many_chunk_bombs(file: h5py.File) -> None:
    zeros = np.zeros((1 << 9, 1 << 12), np.float32)
    for index in range(64):
        file.create_dataset(f"layers/bomb_{index}/vars/0", data=zeros, chunks=zeros.shape, compression="gzip")


def _rude_name(file: h5py.File) -> None:
    file.create_dataset("layers/\x1b[31m\nx\u202e/vars/0", data=["a"], dtype=h5py.string_dtype())


def _large_chunks(own: h5py.Group) -> None:
    own.create_dataset("0", (1 << 13, 1 << 12), "f4", chunks=(1 << 13, 1 << 12), compression="gzip")


def _scale_offset(own: h5py.Group) -> None:
    own.create_dataset("0", data=np.ones((30, 20), np.int32), chunks=(10, 10), scaleoffset=4)


def _cycle(file: h5py.File) -> None:
    file["layers/dense/vars/loop"] = file["/"]


def _many_datasets(file: h5py.File) -> None:
    one = file["layers/dense/vars/1"]
    many = file.create_group("layers/many/vars")
    for index in range(33_000):
        many[str(index)] = one


def _many_groups(file: h5py.File) -> None:
    many = file.create_group("many")
    for index in range(20_000):
        many.create_group(str(index))


def _deep_groups(file: h5py.File) -> None:
    group = file.create_group("deep")
    for _ in range(3000):
        group = group.create_group("g")


def _long_name(file: h5py.File) -> None:
    file.create_group("layers/" + "n" * 60_000 + "/vars")


def _bomb_config(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open("config.json", "w") as member:
            for _ in range(512):
                member.write(b" " * (1 << 20))
        archive.writestr("model.weights.h5", _weights())


def _bomb_weights(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("config.json", json.dumps(sequential(layer())))
        with archive.open("model.weights.h5", "w") as member:
            member.write(_weights())
            for _ in range(200):
                member.write(b"\0" * (1 << 20))


def _lying_sizes(path: Path) -> None:
    """A deflated member that inflates to more than the directory says."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("config.json", json.dumps(sequential(layer())))
        archive.writestr("model.weights.h5", _weights() + b"\0" * (64 << 20))
    data = bytearray(path.read_bytes())
    entry = data.rindex(b"PK\x01\x02")
    data[entry + 24 : entry + 28] = struct.pack("<I", 4096)
    path.write_bytes(data)


def _json_of(item: bytes) -> Maker:
    """A config of a few kilobytes, deflated, that is a list of millions of items."""

    def make(path: Path) -> None:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("config.json", b'{"x": [' + item * ((15 << 20) // len(item)) + b"0]}")
            archive.writestr("model.weights.h5", _weights())

    return make


def _many_layers(count: int) -> Maker:
    """Layers of one name, of which the file holds weights for the first: there is a note on each of the others."""

    def make(path: Path) -> None:
        layers = b",".join([json.dumps(layer()).encode()] * count)
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("config.json", b'{"class_name":"Sequential","config":{"name":"m","layers":[%b]}}' % layers)
            archive.writestr("model.weights.h5", _weights())

    return make


def _keys(end: bytes) -> Maker:
    """A config of keys that all differ: a small object for each, and an entry in two tables."""

    def make(path: Path) -> None:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            keys = b",".join(b'"%d"%b0' % (index, end) for index in range(1_200_000))
            archive.writestr("config.json", b'{"class_name": "Sequential", "config": {' + keys + b"}}")
            archive.writestr("model.weights.h5", _weights())

    return make


def _deep_json(path: Path) -> None:
    _archive(path, b"[" * 200_000 + b"]" * 200_000)


def _deep_objects(path: Path) -> None:
    _archive(path, b'{"config":' * 200_000 + b"{}" + b"}" * 200_000)


def _deep_models(path: Path) -> None:
    model = sequential(layer())
    for _ in range(150):
        model = sequential(model)
    _archive(path, model)


def _outside_members(path: Path) -> None:
    _archive(path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("../../outside.txt", "x")
        archive.writestr("/tmp/weightscope-absolute.txt", "x")
        link = zipfile.ZipInfo("assets/link")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")


def _repeated_config(path: Path) -> None:
    _archive(path)
    with zipfile.ZipFile(path, "a") as archive:
        member = zipfile.ZipInfo("config.json")
        archive.NameToInfo.pop("config.json")
        archive.writestr(member, json.dumps(sequential(layer(name="other"))))


class _Payload:
    def __reduce__(self) -> tuple[Any, ...]:
        return (Path.touch, (Path(PROOF),))


def _pickled_weights(path: Path) -> None:
    buffer = io.BytesIO()
    np.savez(buffer, layer=np.array([_Payload()], dtype=object))
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("config.json", json.dumps(sequential(layer())))
        archive.writestr("model.weights.npz", buffer.getvalue())


def _pickle(path: Path) -> None:
    path.write_bytes(pickle.dumps(_Payload()))


def _escapes(path: Path) -> None:
    name = "\x1b[31mred\x1b[0m\n\u202etxt.\x07[bold]"

    def write(file: h5py.File) -> None:
        file["layers/dense/vars"].attrs["name"] = name

    _archive(path, sequential(layer(name=name)), _weights(write))


def _lambda(path: Path) -> None:
    code = compile(f"lambda x: __import__('pathlib').Path({PROOF!r}).touch()", "<x>", "eval")
    value = base64.b64encode(marshal.dumps(code)).decode()
    function = {"class_name": "__lambda__", "config": {"code": value, "defaults": None, "closure": None}}
    _archive(path, sequential(layer(), layer("Lambda", name="lambda", function=function)))


def _names_a_function(path: Path) -> None:
    _archive(path, sequential(layer("system", "os", command=f"touch {PROOF}")))


def _names_a_file(path: Path) -> None:
    _archive(path, sequential(layer(), layer("StringLookup", name="lookup", vocabulary="/etc/passwd")))


def _numbers_for_names(path: Path) -> None:
    _archive(path, {"class_name": 3, "config": [{"layers": 5}], "compile_config": 7, "module": []})


def _numbers_for_options(path: Path) -> None:
    rude = layer("Bidirectional", name=[], layer=3, backward_layer={"class_name": "LSTM", "config": []})
    others: list[Any] = [
        layer("RNN", cell=[1]),
        layer("MultiHeadAttention", dtype=5),
        7,
        {"class_name": []},
        {},
    ]
    sound = sequential(layer(dtype=[], use_bias="x", trainable=0), rude, *others)
    _archive(path, {**sound, "module": [], "compile_config": {"optimizer": 5, "loss": [[{}], 3]}})


def _huge_units(path: Path) -> None:
    _archive(path, sequential(layer(units=10**9)))


def _shards(*names: object) -> Maker:
    def make(path: Path) -> None:
        index = {
            "metadata": {"total_size": 1},
            "weight_map": {f"/layers/{i}/vars": n for i, n in enumerate(names)},
        }
        path.write_text(json.dumps(index))

    return make


#: Attacks that must end in an error.
REFUSED: dict[str, Maker] = {
    "external_link.keras": _replaced(_external_link),
    "soft_link.keras": _replaced(_soft_link),
    "external_dataset.keras": _replaced(_external_dataset),
    "virtual_dataset.keras": _replaced(_virtual_dataset),
    "sixteen_tebibytes.keras": _replaced(_sixteen_tebibytes),
    "three_gibibytes.keras": _replaced(_three_gibibytes),
    "three_gibibytes_unwritten.keras": _replaced(_three_gibibytes_unwritten),
    "strings.keras": _replaced(_strings),
    "references.keras": _replaced(_references),
    "compound.keras": _replaced(_compound),
    "large_chunks.keras": _replaced(_large_chunks),
    "scale_offset.keras": _replaced(_scale_offset),
    "deep_groups.keras": _with(_deep_groups),
    "long_name.keras": _with(_long_name),
    "bomb_config.keras": _bomb_config,
    "many_chunk_bombs.keras": _with(_many_chunk_bombs),
    "rude_name.keras": _with(_rude_name),
    "many_datasets.keras": _with(_many_datasets),
    "many_layers.keras": _many_layers(40_000),
    "json_lists.keras": _json_of(b"[],"),
    "json_objects.keras": _json_of(b'{"a":0},'),
    "json_strings.keras": _json_of(b'"ab",'),
    "json_keys.keras": _keys(b":"),
    "json_keys_with_space.keras": _keys(b" :"),
    "lying_sizes.keras": _lying_sizes,
    "deep_json.keras": _deep_json,
    "deep_objects.keras": _deep_objects,
    "deep_models.keras": _deep_models,
    "numbers_for_names.keras": _numbers_for_names,
    "pickled_weights.keras": _pickled_weights,
    "pickle.keras": _pickle,
    "shard_above.weights.json": _shards("../outside.weights.h5"),
    "shard_absolute.weights.json": _shards("/etc/passwd"),
    "shard_number.weights.json": _shards(5, ["a", None]),
    "shard_missing.weights.json": _shards("nowhere.weights.h5"),
    "shard_itself.weights.json": _shards("shard_itself.weights.json"),
    "no_shards.weights.json": _shards(),
}

#: Attacks that change nothing: the file lists, and nothing that it names is touched.
LISTED: dict[str, Maker] = {
    "chunk_bomb.keras": _replaced(_chunk_bomb),
    "bomb_weights.keras": _bomb_weights,
    "cycle.keras": _with(_cycle),
    "many_groups.keras": _with(_many_groups),
    "layers_without_weights.keras": _many_layers(30_000),
    "outside_members.keras": _outside_members,
    "repeated_config.keras": _repeated_config,
    "escapes.keras": _escapes,
    "lambda.keras": _lambda,
    "names_a_function.keras": _names_a_function,
    "names_a_file.keras": _names_a_file,
    "numbers_for_options.keras": _numbers_for_options,
    "huge_units.keras": _huge_units,
}
