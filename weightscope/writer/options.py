"""The options of an export, and what it is to write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from weightscope.errors import UsageError
from weightscope.inspection import Finding, SourceInfo, VariableInfo
from weightscope.inspection.file_format import FileFormat
from weightscope.inspection.stored_tree import StoredBytes
from weightscope.inspection.variable_filter import VariableFilter
from weightscope.source.file.arrays.export_mark import ExportMark
from weightscope.writer.cast import FLOATS
from weightscope.writer.entry import Entry

#: The format by the end of a file's name; the longest end first.
ENDS = {
    ".weights.h5": FileFormat.WEIGHTS_H5,
    ".safetensors": FileFormat.SAFETENSORS,
    ".keras": FileFormat.KERAS,
    ".npz": FileFormat.NPZ,
}


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """What to write of a model, and how.

    Attributes:
        optimizer: Whether the optimizer's variables go along where the format has a place for them.
        dtype: The floating point dtype to cast to; None keeps each variable's.
        wanted: Which variables to write.
        renames: New paths, or leading parts of paths, by the old ones.
    """

    optimizer: bool = True
    dtype: str | None = None
    wanted: VariableFilter = field(default_factory=VariableFilter)
    renames: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Checks the dtype.

        Raises:
            UsageError: It is no floating point dtype.
        """
        if self.dtype not in (None, *FLOATS):
            raise UsageError(f"dtype {self.dtype!r}", "not a floating point dtype", f"one of {', '.join(FLOATS)}")

    @property
    def leaves_out(self) -> bool:
        """Whether a filter is set."""
        return bool(self.wanted.filters or self.wanted.exclude or self.wanted.only not in (None, "all"))


@dataclass(frozen=True, slots=True)
class ExportPlan:
    """What an export writes.

    Attributes:
        entries: The arrays, in the order of the model.
        infos: The variable of the model that each array is, in the order of the arrays.
        notes: What the new file does not keep, and what is left out.
        mark: What is noted in a file of arrays.
        groups: The groups of a weights file of Keras 3, with the names stored in them.
        files: The other files of a `.keras` file.
        source: The model.
        paths: The paths of all its variables, also those that are left out.
    """

    entries: Sequence[Entry]
    infos: Sequence[VariableInfo]
    notes: tuple[Finding, ...] = ()
    mark: ExportMark = field(default_factory=lambda: ExportMark(has_keras_names=False))
    groups: Mapping[str, str | None] = field(default_factory=dict)
    files: Mapping[str, StoredBytes] = field(default_factory=dict)
    source: SourceInfo = field(default_factory=lambda: SourceInfo("", ""))
    paths: tuple[str, ...] = ()


#: The formats that hold arrays by name, without the groups and files of a weights file.
ARRAYS = (FileFormat.NPZ, FileFormat.SAFETENSORS)


def format_of(out: str) -> FileFormat:
    """Returns the format that the end of a file's name stands for.

    Raises:
        UsageError: It stands for none.
    """
    for end, found in ENDS.items():
        if out.lower().endswith(end):
            return found
    raise UsageError(out, "the end of the name stands for no format", f"end it in {', '.join(ENDS)}")
