"""The protocol of paths that readers are given: `pathlib.Path`, or the path of a far file."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, Self


class FilePath(Protocol):
    """The methods of `pathlib.Path` that readers use."""

    @property
    def name(self) -> str:
        """The last part."""
        ...

    @property
    def suffix(self) -> str:
        """The end of the name, from its last dot on."""
        ...

    @property
    def parent(self) -> Self:
        """The folder."""
        ...

    def with_name(self, name: str, /) -> Self:
        """Returns the path of what lies beside it."""
        ...

    def __truediv__(self, name: str, /) -> Self:
        """Returns the path of what lies in this folder."""
        ...

    def is_file(self) -> bool:
        """Whether it is a file."""
        ...

    def is_dir(self) -> bool:
        """Whether it is a folder."""
        ...

    def is_symlink(self) -> bool:
        """Whether it is a symbolic link."""
        ...

    def iterdir(self) -> Iterable[Self]:
        """Returns the paths of what lies in the folder."""
        ...

    def glob(self, pattern: str, /) -> Iterable[Self]:
        """Returns the paths of what lies in the folder and has a name that matches."""
        ...
