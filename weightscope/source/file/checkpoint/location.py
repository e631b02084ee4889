"""Where a checkpoint is: what may be typed for it, and what its files' names have in common.

A checkpoint `ckpt-1` is the files `ckpt-1.index` and `ckpt-1.data-00000-of-00002` and so on; `checkpoint`, beside it,
is a text that names the latest one of the folder.
"""

from __future__ import annotations

import re

from weightscope.errors import FileError, inspect_line
from weightscope.source.bytes.far.path import whole_file
from weightscope.source.escape import escape
from weightscope.source.file_path import FilePath
from weightscope.source.natural_order import in_natural_order

#: The text that names the latest checkpoint of a folder.
STATE = "checkpoint"
INDEX = ".index"
#: What an index ends with.
TABLE_SIGNATURE = 0xDB4775248B80FB57.to_bytes(8, "little")

_STATE_BYTES = 1 << 20
_LATEST = re.compile(rb'^[ \t]*model_checkpoint_path:[ \t]*"((?:[^"\\\n]|\\.)*+)"', re.MULTILINE)
_ESCAPED = re.compile(rb"\\([0-7]{3}|.)")
_BESIDE = re.compile(r"\.(data-\d{5}-of-\d{5}|meta)$")


def index_of(prefix: FilePath) -> FilePath:
    """Returns the index of a checkpoint."""
    return prefix.with_name(prefix.name + INDEX)


def find_prefix(path: FilePath, location: str) -> FilePath:
    """Returns what the names of a checkpoint's files begin with.

    Args:
        path: That, one of the files, or the folder with them.
        location: As the user named it, for errors.

    Raises:
        FileError: There is none, or a folder has several and no state that names one.
    """
    inside = (_latest(path) or _only(path, location)) if path.is_dir() else None
    prefix = inside or prefix_of(path)
    if prefix is None:
        raise FileError(location, "the index of the checkpoint is not there", "copy its .index and .data files too")
    return prefix


def prefix_of(path: FilePath) -> FilePath | None:
    """Returns what the names of a checkpoint's files begin with, if `path` is one of them, or that; else None."""
    if path.name == STATE and path.is_file():
        return _latest(path.parent)
    names = dict.fromkeys((path.name.removesuffix(INDEX), _BESIDE.sub("", path.name), path.name))
    prefixes = (path.with_name(name) for name in names if name)
    return next((prefix for prefix in prefixes if index_of(prefix).is_file()), None)


def checkpoints_in(folder: FilePath) -> list[str]:
    """Returns the prefixes of the checkpoints in a folder, without the folder, numbers in them sorted as numbers."""
    return in_natural_order(one.name.removesuffix(INDEX) for one in folder.glob(f"*{INDEX}") if one.is_file())


def is_beside_index(path: FilePath) -> bool:
    """Whether a file is named as a data shard is, or as the graph that TF 1 writes beside them."""
    return _BESIDE.search(path.name) is not None


def _only(folder: FilePath, location: str) -> FilePath | None:
    """Returns the only checkpoint in a folder; None if there is none.

    Raises:
        FileError: There are several.
    """
    found = checkpoints_in(folder)
    if len(found) < 2:
        return folder / found[0] if found else None
    several = ", ".join(map(escape, found[:8])) + (", ..." if len(found) > 8 else "")
    what = f"a folder of {len(found)} checkpoints: {several}"
    raise FileError(location, what, inspect_line(str(folder / found[-1])))


def _latest(folder: FilePath) -> FilePath | None:
    """Returns the checkpoint that the folder's state names, if it is there.

    The state is untrusted, and may come from another machine: only the last part of the stored path is used.
    """
    state = folder / STATE
    if not state.is_file():
        return None
    whole = whole_file(state, str(state))
    latest = _LATEST.search(whole.read(0, min(whole.length, _STATE_BYTES)))
    if latest is None:
        return None
    named = _ESCAPED.sub(lambda found: bytes([int(found[1], 8) & 0xFF]) if len(found[1]) == 3 else found[1], latest[1])
    name = named.decode("utf-8", "surrogateescape").replace("\\", "/").rpartition("/")[2]
    if name in ("", ".", "..") or "\0" in name or len(name) > 255:
        return None
    prefix = folder / name
    return prefix if index_of(prefix).is_file() else None
