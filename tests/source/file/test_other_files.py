"""Files that are no models are named for what they are, and the hint leads to the model."""

from __future__ import annotations

import gzip
import pickle
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.conftest import SAMPLES
from weightscope.errors import FileError
from weightscope.source.file.identify import identify

NAN = SAMPLES / "nan_weights.keras"


def zip_of(members: Mapping[str, bytes]) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        with zipfile.ZipFile(path, "w") as archive:
            for name, data in members.items():
                archive.writestr(name, data)

    return write


def unzipped() -> dict[str, bytes]:
    with zipfile.ZipFile(NAN) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


#: What writes the file, what the error says, and what the hint says.
OTHERS: dict[str, tuple[Callable[[Path], object], str, str]] = {
    "a page": (lambda path: path.write_text("\n<!DOCTYPE html><html>"), "a web page", "check the address"),
    "an answer": (lambda path: path.write_text("404: Not Found\n"), "'404: Not Found'", ""),
    "an answer that moves the cursor": (lambda path: path.write_text("\x1b[2J404\n"), r"'\x1b[2J404'", ""),
    "xml": (lambda path: path.write_text("<?xml version='1.0'?><Error/>"), "an XML text", "download"),
    "a pointer": (
        lambda path: path.write_text("version https://git-lfs.github.com/spec/v1\n"),
        "git-lfs",
        "git lfs pull",
    ),
    "a long text": (lambda path: path.write_text("words " * 40), "a text file, not a saved Keras model", ""),
    "a config": (
        lambda path: path.write_text('{"class_name": "Sequential", "config": {}}'),
        "without weights",
        "weights",
    ),
    "a pickle": (lambda path: path.write_bytes(pickle.dumps({"a": [1, 2]})), "a Python pickle", "model.save"),
    "gzip": (lambda path: path.write_bytes(gzip.compress(NAN.read_bytes())), "a gzip archive", "unpack"),
    "tflite": (lambda path: path.write_bytes(b"\x1c\0\0\0TFL3" + bytes(99)), "TensorFlow Lite", "converted"),
    "torch": (zip_of({"archive/data.pkl": b"x", "archive/version": b"3"}), "a PyTorch file", ".safetensors"),
    "a zip of a zip": (zip_of({"best.keras": NAN.read_bytes()}), "a zip that holds best.keras", "unzip"),
    "a folder": (
        lambda path: zip_of({f"my model/{name}": data for name, data in unzipped().items()})(path),
        "in the folder my model",
        "name the folder 'my model'",
    ),
}


@pytest.mark.parametrize("name", OTHERS)
def test_a_file_that_is_no_model_is_named_for_what_it_is(name: str, tmp_path: Path) -> None:
    write, saying, hinting = OTHERS[name]
    write(tmp_path / "model.h5")
    with pytest.raises(FileError) as raised:
        identify(str(tmp_path / "model.h5"))
    assert saying in raised.value.message
    assert hinting in raised.value.hint


def test_the_folder_of_the_hint_is_a_model(tmp_path: Path) -> None:
    OTHERS["a folder"][0](tmp_path / "model.keras")
    with zipfile.ZipFile(tmp_path / "model.keras") as archive:
        archive.extractall(tmp_path)
    assert identify(str(tmp_path / "my model")).format == "keras-folder"
