"""Foreign code's exceptions on damaged bytes, turned into ours in one place."""

from __future__ import annotations

import json
import shlex
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from weightscope.errors import FileError, damaged
from weightscope.source.bytes.byte_range import ByteRange
from weightscope.source.escape import escape


class UnsupportedError(Exception):
    """A part of the HDF5 format that a sound file may use and that is not read here; the text names it."""


@contextmanager
def damage_as_file_errors(source: ByteRange) -> Iterator[None]:
    """Turns any exception of a parser into a `FileError`, and drops its warnings."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except FileError:
        raise
    except (UnsupportedError, NotImplementedError) as error:
        what = _in_one_line(error) or "an unknown one"
        raise FileError(
            source.location, f"an HDF5 file with a feature that is not read: {what}", repack(source)
        ) from error
    except Exception as error:
        raise damaged(
            source.location, f"a damaged HDF5 file ({_in_one_line(error) or type(error).__name__})"
        ) from error


def repack(source: ByteRange) -> str:
    """Returns the command that writes a sound HDF5 file again, in a form that is read."""
    path, before = _path(source)
    names = " ".join(shlex.quote(str(one)) for one in (path, path.with_name(f"repacked_{path.name}")))
    return f"{before}h5repack -f NONE -l CONTI {names}"


def rewrite(source: ByteRange, dataset: str) -> str:
    """Returns the command that writes a dataset again as numbers of a usual format, which h5py converts them to."""
    path, before = _path(source)
    file, name = json.dumps(str(path)), json.dumps(dataset)
    code = f'import h5py; f = h5py.File({file}, "r+"); v = f[{name}][()]; del f[{name}]; f[{name}] = v'
    return f"{before}python -c {shlex.quote(code)}"


def _path(source: ByteRange) -> tuple[Path, str]:
    """Returns the path of an HDF5 file, and what is to be done first; a user block belongs to the file."""
    path = source.source.path
    if path is not None and source.start + source.length == source.source.length:
        return path, ""
    return Path("model.weights.h5"), "unzip it, then: "


def _in_one_line(error: Exception) -> str:
    return escape(" ".join(str(error).split()))
