"""Names files that are no saved Keras models: what a download, another library or an archiver wrote.

Source: the first bytes of each kind, as its format defines them.
"""

from __future__ import annotations

import shlex
from collections.abc import Collection
from typing import Final

from weightscope.errors import FileError
from weightscope.inspection.file_format import MODEL_ENDS
from weightscope.source.escape import escape

_NAME_ANOTHER: Final = "name a .keras, .h5 or .weights.h5 file that Keras wrote"
_SAVE: Final = "where it was written, call model.save('model.keras')"
_UNPACK: Final = "unpack it, and name the model that is in it"

#: The place of some bytes in a file, the bytes, what such a file is, and what to do.
_SIGNATURES: Final = (
    (0, b"version https://git-lfs.github.com/spec/", "a git-lfs pointer, not the model itself", "git lfs pull"),
    (0, b"\x1f\x8b", "a gzip archive, not a saved Keras model", _UNPACK),
    (0, b"BZh", "a bzip2 archive, not a saved Keras model", _UNPACK),
    (0, b"\xfd7zXZ\0", "an xz archive, not a saved Keras model", _UNPACK),
    (0, b"7z\xbc\xaf\x27\x1c", "a 7z archive, not a saved Keras model", _UNPACK),
    (0, b"Rar!\x1a\x07", "a rar archive, not a saved Keras model", _UNPACK),
    (4, b"TFL3", "a TensorFlow Lite model", "name the Keras model that it was converted from"),
    *(
        (
            0,
            b"\x80" + bytes([version]),
            "a Python pickle, not a saved Keras model",
            "save it: model.save('model.keras')",
        )
        for version in (2, 3, 4, 5)
    ),
)

#: The begin of a text in lower case, what such a file is, and what to do.
_TEXTS: Final = (
    (b"<!doctype html", "a web page, not a model", "check the address it came from: a page is in place of the file"),
    (b"<html", "a web page, not a model", "check the address it came from: a page is in place of the file"),
    (b"<?xml", "an XML text, not a model", "download the file again, if it is a server's answer"),
)

#: The longest text that an error quotes, in bytes: such as a server's "404: Not Found".
_LONGEST_QUOTE: Final = 80


def not_a_model(location: str, head: bytes) -> FileError:
    """Returns the error for a file that is no saved Keras model.

    Args:
        location: The file, as the user named it.
        head: Its first bytes.
    """
    for place, signature, what, hint in _SIGNATURES:
        if head.startswith(signature, place):
            return FileError(location, what, hint)
    begin = head.lstrip().lower()
    for start, what, hint in _TEXTS:
        if begin.startswith(start):
            return FileError(location, what, hint)
    if begin.startswith(b"{") and b'"class_name"' in head:
        return FileError(location, "the config of a model in JSON, without weights", "name the file with the weights")
    if not _is_text(head):
        return FileError(location, "a file of an unknown kind, not a saved Keras model", _NAME_ANOTHER)
    text = head.decode("utf-8", "replace").strip()
    quote = f": '{escape(text)}'" if len(head) <= _LONGEST_QUOTE and "\n" not in text else ""
    return FileError(location, f"a text file, not a saved Keras model{quote}", _NAME_ANOTHER)


def not_a_model_zip(location: str, members: Collection[str]) -> FileError:
    """Returns the error for a zip that is no `.keras` file.

    Args:
        location: The file, as the user named it.
        members: The names of the files in it.
    """
    unzip = f"unzip {shlex.quote(location)}"
    folders = [name.removesuffix("/config.json") for name in members if name.endswith("/config.json")]
    folder = next((one for one in folders if f"{one}/metadata.json" in members), None)
    if folder is not None:
        what = f"a zip with the files of a .keras file in the folder {escape(folder)}"
        return FileError(location, what, f"{unzip}, and name the folder {shlex.quote(escape(folder))}")
    if any(name.endswith("/data.pkl") for name in members):
        return FileError(location, "a PyTorch file", "name a Keras model, or arrays in .safetensors or .npz")
    held = next((name for name in members if name.endswith(MODEL_ENDS)), None)
    if held is not None:
        return FileError(location, f"a zip that holds {escape(held)}", f"{unzip}, and name what it holds")
    what = "a zip without config.json, so not a .keras file"
    return FileError(location, what, "name the file that model.save('model.keras') wrote")


def _is_text(head: bytes) -> bool:
    return b"\0" not in head and all(byte >= 32 or byte in b"\t\n\r\f\x1b" for byte in head)
