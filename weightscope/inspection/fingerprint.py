"""The fingerprint of a model: hashes of its contents that survive saving it again, in any format."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from weightscope.inspection.inspection import SourceInfo
from weightscope.inspection.variable import VariableInfo

#: What an id begins with: the version of the way in which it is computed.
_VERSION = "ws1:"


@dataclass(frozen=True, slots=True)
class HashedVariable:
    """A variable with the SHA-256 of its dtype, shape and values, as 64 hexadecimal digits."""

    info: VariableInfo
    sha256: str


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """The hashes of a model's weights; its optimizer is no part of it.

    Attributes:
        source: The model.
        variables: Its weights in the model's order.
        has_names: Whether the file stores the names that the variables have in Keras.
    """

    source: SourceInfo
    variables: Sequence[HashedVariable]
    has_names: bool

    @property
    def values(self) -> str:
        """The id of the values alone: it is the same under other names and in another order."""
        return _id(one.sha256 for one in self.variables)

    @property
    def names(self) -> str | None:
        """The id of the values and of the names that they have; None if the names in Keras are unknown."""
        return _id(f"{one.info.path}\0{one.sha256}" for one in self.variables) if self.has_names else None

    @property
    def structure(self) -> str | None:
        """The id of names, dtypes, shapes and trainability, without values; None if the names are unknown."""
        return _id(_description(one.info) for one in self.variables) if self.has_names else None


def shape_text(shape: tuple[int, ...]) -> str:
    """Returns a shape as it is hashed: `3,3,6,8`, empty for a scalar."""
    return ",".join(map(str, shape))


def _description(info: VariableInfo) -> str:
    trainable = {True: "true", False: "false", None: "null"}[info.trainable]
    return "\0".join((info.path, info.dtype, shape_text(info.shape), trainable))


def _id(lines: Iterable[str]) -> str:
    from hashlib import sha256  # a listing needs none

    found, separator = sha256(), ""
    for line in sorted(lines):
        # a name from a damaged file may hold surrogates, which UTF-8 does not have
        found.update(f"{separator}{line}".encode("utf-8", "surrogatepass"))
        separator = "\n"
    return _VERSION + found.hexdigest()
