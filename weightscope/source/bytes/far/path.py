"""Paths of far files and folders, with the methods of `pathlib.Path` that readers use."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

from weightscope.source.bytes.byte_range import ByteRange
from weightscope.source.bytes.stored_file import whole_file as whole_stored_file
from weightscope.source.file_path import FilePath

if TYPE_CHECKING:
    from weightscope.source.bytes.far.place import FarPlace  # local files need nothing of it

#: Files that make a folder a model. They are looked for where a place knows no folders.
_OF_FOLDERS = ("config.json", "saved_model.pb", "checkpoint")


class FarPath:
    """The path of a far file or folder.

    Attributes:
        place: Where it is.
        key: The path there; its parts are joined with `/`.
    """

    __slots__ = ("key", "place")  # no dataclass: making one takes a millisecond of a local listing, too

    def __init__(self, place: FarPlace, key: str) -> None:
        self.place = place
        self.key = key

    def __str__(self) -> str:
        """Returns the location as a user would type it, without secrets."""
        return self.place.shown(self.key)

    @property
    def name(self) -> str:
        """The last part."""
        return self.key.rpartition("/")[2]

    @property
    def suffix(self) -> str:
        """The end of the name, from its last dot on."""
        return Path(self.name).suffix

    @property
    def parent(self) -> FarPath:
        """The folder."""
        return FarPath(self.place, self.key.rpartition("/")[0])

    def with_name(self, name: str) -> FarPath:
        """Returns the path of what lies beside it."""
        return self.parent / name

    def __truediv__(self, name: str | Path) -> FarPath:
        """Returns the path of what lies in this folder."""
        return FarPath(self.place, f"{self.key}/{name}" if self.key else str(name))

    def is_file(self) -> bool:
        """Whether it is a file."""
        return self.place.is_file(self.key)

    def is_symlink(self) -> bool:
        """Returns False: links are not seen from afar."""
        return False

    def is_dir(self) -> bool:
        """Whether it is a folder; where a place knows no folders, whether it holds a file that a model's folder has."""
        is_folder = self.place.is_folder(self.key)
        if is_folder is None and not self.is_file():
            markers = [self / name for name in _OF_FOLDERS]
            look_up(markers)
            is_folder = self.place.is_folder(self.key) or any(marker.is_file() for marker in markers)
        return bool(is_folder)

    def iterdir(self) -> Iterator[FarPath]:
        """Yields the paths of what lies in the folder, as far as the place lists it."""
        names = {inside.partition("/")[0] for inside in self._sizes()}
        return (self / name for name in sorted(names))

    def glob(self, pattern: str) -> Iterator[FarPath]:
        """Yields the paths of what lies in the folder and has a name that matches; see `iterdir`."""
        return (path for path in self.iterdir() if fnmatchcase(path.name, pattern))

    def bytes_below(self, *, has_more: bool = False) -> int | None:
        """Returns the sum of the sizes of all files in the folder.

        Args:
            has_more: Whether files that were not looked up belong to it. The result is None then, if the place lists
                none; otherwise it is the sum of those that were.
        """
        if listed := sum(self._sizes().values()):
            return listed
        return None if has_more else self.place.bytes_found(self._beginning)

    @property
    def _beginning(self) -> str:
        return f"{self.key}/" if self.key else ""

    def _sizes(self) -> dict[str, int]:
        listed = self.place.listing(self.key)
        return {
            key.removeprefix(self._beginning): size for key, size in listed.items() if key.startswith(self._beginning)
        }


def look_up(paths: Iterable[FilePath]) -> None:
    """Announces paths that are asked about next; far ones are looked up in one round."""
    keys: dict[FarPlace, list[str]] = {}
    for path in paths:
        if isinstance(path, FarPath):
            keys.setdefault(path.place, []).append(path.key)
    for place, wanted in keys.items():
        place.look_up(wanted)


def whole_file(path: FilePath, location: str) -> ByteRange:
    """Returns the range of the whole file at `path` as it is now; errors name it as `location`.

    Raises:
        FileNotFoundError: There is none.
    """
    if not isinstance(path, FarPath):
        return whole_stored_file(Path(str(path)), location)
    source = path.place.source(path.key)
    if source is None:
        raise FileNotFoundError(2, "No such file", str(path))
    return ByteRange.whole(source.at(location))


def is_fetched_in_parts(path: FilePath) -> bool:
    """Whether a file is far away and not fetched whole."""
    source = path.place.source(path.key) if isinstance(path, FarPath) else None
    return source is not None and not source.is_whole


def bytes_below(folder: FilePath, *, has_more: bool = False) -> int | None:
    """Returns the sum of the sizes of all files in a folder; see `FarPath.bytes_below`."""
    if isinstance(folder, FarPath):
        return folder.bytes_below(has_more=has_more)
    return sum(file.stat().st_size for file in Path(str(folder)).rglob("*") if file.is_file())
