"""Identifies a folder by the files in it, and finds the file that was meant by a name that does not exist."""

from __future__ import annotations

import glob
import shlex
from itertools import islice
from pathlib import Path

from weightscope.errors import FileError, inspect_line, nearest
from weightscope.inspection.file_format import MODEL_ENDS, FileFormat
from weightscope.source.bytes.far.path import look_up
from weightscope.source.file.checkpoint.location import INDEX, STATE, prefix_of
from weightscope.source.file_path import FilePath

#: The file that makes a folder a SavedModel.
SAVED_MODEL = "saved_model.pb"

#: So many names in a folder are compared with one that is not there.
_MOST_NEIGHBOURS = 2_000


def identify_folder(path: FilePath, location: str) -> FileFormat:
    """Returns the format of the saved model that a folder is.

    Raises:
        FileError: It is none; the hint names a model in it.
    """
    look_up(path / name for name in ("config.json", "model.weights.h5", SAVED_MODEL, STATE))
    if (path / "config.json").is_file() and any(
        (path / name).is_file() for name in ("model.weights.h5", "model.weights.json", "model.weights.npz")
    ):
        return FileFormat.KERAS_FOLDER
    if (path / SAVED_MODEL).is_file() or (path / "saved_model.pbtxt").is_file():
        return FileFormat.SAVED_MODEL
    if (path / STATE).is_file() or any(path.glob(f"*{INDEX}")) or prefix_of(path) is not None:
        return FileFormat.CHECKPOINT
    models = sorted(child.name for child in path.iterdir() if _looks_like_model(child))
    if models:
        what = f"a folder of {len(models)} saved model{'s' * (len(models) > 1)}, and none itself"
        raise FileError(location, what, inspect_line(str(path / models[0])))
    raise FileError(location, "a folder that holds no saved model", "name a model file, such as model.keras")


def _looks_like_model(path: FilePath) -> bool:
    """Whether it is named as models are, or is a SavedModel or a folder of checkpoints."""
    return path.name.endswith(MODEL_ENDS) or any((path / name).is_file() for name in (SAVED_MODEL, STATE))


def hint_at_neighbour(path: Path) -> str:
    """Returns a hint that leads to the file that was meant, or to where files are."""
    if glob.has_magic(path.name) and any(path.parent.glob(path.name)):
        return f"leave out the quotes: the shell makes {path} the names of files"
    try:
        children = islice(path.parent.iterdir(), _MOST_NEIGHBOURS)
        names = [child.name for child in children if child.name.lower().endswith(MODEL_ENDS) or child.is_dir()]
    except OSError:
        return "check the path"
    by_stem: dict[str, list[str]] = {}
    for name in names:
        if not name.startswith("."):
            by_stem.setdefault(Path(name).stem, []).append(name)
    alike = by_stem.get(path.name) or next((by_stem[stem] for stem in nearest(path.stem, by_stem, cutoff=0.6)), [])
    near = next(iter(nearest(path.name, sorted(alike), cutoff=0)), None)
    return inspect_line(str(path.with_name(near))) if near else shlex.join(["ls", str(path.parent)])
