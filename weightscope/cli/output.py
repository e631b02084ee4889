"""Writes what a command has to say: to stdout or a file, fitted to a terminal when it is one."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from weightscope.errors import UsageError
from weightscope.view.formats import Format, find_format
from weightscope.view.surface import Surface, terminal_colors


@dataclass(frozen=True, slots=True)
class Output:
    """Where to write and how; what the output options say.

    Attributes:
        format_name: A key of `weightscope.view.formats.FORMATS`.
        output_file: None for stdout.
        force: Overwrite the file.
        color: `auto`, `always` or `never`.
    """

    format_name: str
    output_file: str | None
    force: bool
    color: str

    @classmethod
    def asked_for(cls, options: dict[str, Any]) -> Output:
        """Returns what `weightscope.cli.options.output_options` say.

        Raises:
            UsageError: The file may not be written.
        """
        return cls(options["format_name"], options["output_file"], options["force"], options["color"])

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
        if path.is_dir() or not path.absolute().parent.is_dir():
            raise UsageError(self.output_file, "no place to write a file to", "-o FILE, in a folder that exists")
        if path.is_file() and not self.force:
            raise UsageError(self.output_file, "the file exists", "--force overwrites it")

    def check_is_none_of(self, inputs: Iterable[str]) -> None:
        """Checks that the file to write is none of the files to read, `--force` or not.

        Raises:
            UsageError: It is one of them.
        """
        if self.output_file is None or not Path(self.output_file).exists():
            return
        for location in inputs:
            if Path(location).exists() and Path(location).samefile(self.output_file):
                raise UsageError(self.output_file, "this is the model itself", "-o ANOTHER_FILE")

    @property
    def format(self) -> Format:
        """The format that was asked for."""
        return find_format(self.format_name)

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
        """Writes the texts as they come; to a file all at once, when there is any.

        Raises:
            UsageError: The file cannot be written.
        """
        if self.output_file is None:
            for text in texts:
                _write_all(sys.stdout, text)
            return
        parts = list(texts)
        if not parts:
            return  # every model failed
        try:
            # a device or a pipe is there already; a file that appeared since it was looked for is not overwritten
            mode = (
                "w" if self.force or (Path(self.output_file).exists() and not Path(self.output_file).is_file()) else "x"
            )
            with Path(self.output_file).open(mode, encoding="utf-8") as file:
                file.writelines(parts)
        except OSError as error:
            raise UsageError(self.output_file, f"cannot be written: {error.strerror}", "-o ANOTHER_FILE") from error


def _write_all(stream: TextIO, text: str) -> None:
    encoding = stream.encoding or "utf-8"
    try:
        stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
        stream.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise UsageError("stdout", f"cannot be written: {error.strerror}", "-o FILE writes to a file") from error
