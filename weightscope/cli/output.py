"""Writes what a command has to say: to stdout or a file, fitted to a terminal when it is one."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Any

from weightscope.cli.hints import command_line
from weightscope.errors import UsageError, exists_already, no_place, not_to_be_written
from weightscope.view.formats import ENDS, FORMATS, FindingsFormat, ListingFormat, find_findings_format, find_format
from weightscope.view.text.surface import Surface, terminal_colors


@dataclass(frozen=True, slots=True)
class Output:
    """Where to write and how; what the output options say.

    Attributes:
        format_name: A key of `FORMATS` or `FINDING_FORMATS` in `weightscope.view.formats`.
        output_file: None for stdout.
        force: Overwrite the file.
        color: `auto`, `always` or `never`.
        may_page: Whether what is taller than the terminal is shown in a pager.
    """

    format_name: str
    output_file: str | None
    force: bool
    color: str
    may_page: bool = True

    @classmethod
    def asked_for(
        cls, options: dict[str, Any], *inputs: str, formats: Iterable[str] = FORMATS, other_ends: Iterable[str] = ()
    ) -> Output:
        """Returns what `weightscope.cli.options.output_options` say.

        Args:
            options: Of the command, by name.
            inputs: The files and folders that the command reads, besides those that are named by options.
            formats: The formats that the command prints.
            other_ends: Ends of file names that the command writes something else to than a format.

        Raises:
            UsageError: The file may not be written, or no format was named and its end says none.
        """
        file, spec = options["output_file"], options.get("spec_file")
        may_page = not options["no_pager"]
        output = cls(options["format_name"] or "table", file, options["force"], options["color"], may_page)
        output.check_is_none_of((*inputs, *options.get("modules", ()), *([spec] if spec else [])))
        if options["format_name"] is None:
            return replace(output, format_name=_format_of(file, formats, other_ends, inputs))
        return output

    def __post_init__(self) -> None:
        """Checks, before any work is done, that the file may be written.

        Raises:
            UsageError: It exists, or its folder does not.
        """
        if self.output_file is None:
            return
        path = Path(self.output_file)
        if self.output_file == "-":
            raise UsageError("-o -", "stdout is where it goes anyway", "leave -o out")
        if path.is_dir() or not _is_in_folder(path):
            raise no_place(self.output_file)
        if path.is_file() and not self.force:
            raise exists_already(self.output_file)

    def check_is_none_of(self, inputs: Iterable[str]) -> None:
        """Checks that the file to write is none of the files to read, with and without `--force`, under any name.

        Args:
            inputs: Saved models, of which no part may be overwritten, and other files.

        Raises:
            UsageError: It is one of them.
        """
        if self.output_file is None or not Path(self.output_file).is_file():
            return
        from weightscope.source.file.parts import parts_of  # takes 0.1 s, which a listing without -o does not need

        written = Path(self.output_file).stat()
        for location in inputs:
            if any(_is_file(part, written) for part in parts_of(location)):
                is_whole = _is_file(Path(location), written)
                what = "this is the model itself" if is_whole else f"this is a part of {location}"
                raise not_to_be_written(self.output_file, what)

    @property
    def format(self) -> ListingFormat:
        """The format of listings that was asked for."""
        return find_format(self.format_name)

    @property
    def findings_format(self) -> FindingsFormat:
        """The format of findings that was asked for."""
        return find_findings_format(self.format_name)

    @property
    def surface(self) -> Surface:
        """What the text is fitted to."""
        is_terminal = self.output_file is None and sys.stdout.isatty()
        return Surface(
            width=shutil.get_terminal_size().columns if is_terminal else None,
            color=terminal_colors() if self._has_color(is_terminal) else None,
            encoding="utf-8" if self.output_file else (sys.stdout.encoding or "utf-8"),
        )

    def _has_color(self, is_terminal: bool) -> bool:
        if self.color != "auto":
            return self.color == "always"
        if self.output_file is not None or os.environ.get("NO_COLOR"):
            return False
        if os.environ.get("FORCE_COLOR"):
            return True
        return is_terminal and os.environ.get("TERM") != "dumb"

    def write(self, texts: Iterable[str]) -> None:
        """Writes the texts as they come; a file appears when it is complete, and not at all without a text.

        Raises:
            UsageError: They cannot be written.
        """
        if self.output_file is not None:
            encoded = (text.encode("utf-8", "backslashreplace") for text in texts)
            for first in encoded:  # no file where every model failed
                self.write_bytes(chain([first], encoded))
            return
        encoding = sys.stdout.encoding or "utf-8"
        printable = (text.encode(encoding, "backslashreplace").decode(encoding) for text in texts)
        if self.may_page and sys.stdout.isatty():
            from weightscope.cli.pager import paged, pager_command  # a pipe has no need of it

            command = pager_command()
            if command is not None:
                with paged(command) as pages:
                    for text in printable:
                        pages.write(text)
                return
        for text in printable:
            sys.stdout.write(text)
            sys.stdout.flush()

    def write_bytes(self, pieces: Iterable[bytes]) -> None:
        """Writes the file, which appears when it is complete.

        Raises:
            UsageError: It cannot be written.
        """
        from weightscope.cli.new_file import new_file  # stdout does without

        assert self.output_file is not None
        with new_file(self.output_file, force=self.force) as file:
            for piece in pieces:
                file.write(piece)


#: The commands that write what other ends of names say.
_WRITERS = {".html": "report", ".npz": "export", ".safetensors": "export", ".parquet": "scan"}


def _is_file(path: Path, file: os.stat_result) -> bool:
    """Whether a path leads to this file."""
    try:
        return os.path.samestat(path.stat(), file)
    except OSError:
        return False


def _format_of(file: str | None, formats: Iterable[str], other_ends: Iterable[str], inputs: tuple[str, ...]) -> str:
    """Returns the format that the end of a file's name says; `table` for stdout, a device, or one of `other_ends`."""
    if file is None or (Path(file).exists() and not Path(file).is_file()):
        return "table"
    end = Path(file).suffix.lower()
    if end in ENDS and ENDS[end] in formats:
        return ENDS[end]
    if end in other_ends:
        return "table"
    ends = [*(one for one, name in ENDS.items() if name in formats), *other_ends]
    what = f"the end {end} says no format" if end else "the name has no end that says a format"
    if end in _WRITERS and inputs:
        raise UsageError(file, what, command_line([_WRITERS[end], inputs[0], "-o", file]))
    raise UsageError(file, what, f"end it in {', '.join(dict.fromkeys(ends))}, or add --format")


def _is_in_folder(path: Path) -> bool:
    try:
        return path.absolute().parent.is_dir()
    except FileNotFoundError:  # the working directory was deleted
        return False
