"""One table over many saved models, row by row."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from os import PathLike, fspath
from pathlib import Path
from typing import Any

from weightscope.errors import WeightscopeError
from weightscope.measure.listing.row_options import RowOptions


def scan(
    paths: str | PathLike[str] | Iterable[str | PathLike[str]],
    rows: RowOptions | None = None,
    *,
    jobs: int | None = None,
    timeout: float | None = None,
    dask: str | None = None,
) -> Iterator[dict[str, Any]]:
    """Yields the rows of the table that `weightscope scan` prints, as it reads the models.

    They are read by processes of a program of its own: what this process has imported or started does not matter.

    Args:
        paths: Files, folders and globs.
        rows: What the rows hold; by default a row for each variable, as `inspect --format jsonl` has it.
        jobs: How many processes; as many as there are processors by default.
        timeout: Seconds that a model may take; 600 by default.
        dask: The address of a Dask cluster that reads them instead.

    Raises:
        WeightscopeError: Nothing could be read. A model that cannot be read is a row with `error`.
    """
    named = [paths] if isinstance(paths, (str, PathLike)) else paths
    engine = {"jobs": jobs, "timeout": timeout, "dask": dask}
    words = [f"--{name}={value}" for name, value in engine.items() if value is not None]
    yield from _printed([*_words(rows or RowOptions()), *words, "--", *(fspath(one) for one in named)])


def _words(rows: RowOptions) -> list[str]:
    """Returns the options of the command line."""
    flags = {
        "models": rows.models,
        "stats": rows.statistics,
        "check": rows.check,
        "id": rows.fingerprint,
        "optimizer": rows.optimizer,
    }
    return [
        *(f"--{name}" for name, is_set in flags.items() if is_set),
        *(f"--filter={pattern}" for pattern in rows.filters),
        *(f"--exclude={pattern}" for pattern in rows.exclude),
        *([f"--only={rows.only}"] if rows.only else []),
        f"--preview={rows.preview}",
        f"--sort={rows.sort}",
        *([f"--top={rows.top}"] if rows.top is not None else []),
    ]


def _printed(words: Sequence[str]) -> Iterator[dict[str, Any]]:
    # this very package, also where it was found by a path that only this process knows
    where = os.pathsep.join(filter(None, (str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH"))))
    with tempfile.TemporaryFile() as said:
        program = subprocess.Popen(
            [sys.executable, "-m", "weightscope", "scan", *words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=said,
            env={**os.environ, "PYTHONPATH": where},
        )
        assert program.stdout is not None
        try:
            yield from map(json.loads, program.stdout)
            if program.wait() not in (0, 1):
                said.seek(0)
                raise _error(said.read().decode("utf-8", "replace"))
        finally:
            program.stdout.close()
            if program.poll() is None:  # the rest is not needed
                program.send_signal(signal.SIGINT if os.name == "posix" else signal.SIGTERM)
            program.wait()


def _error(text: str) -> WeightscopeError:
    """Returns the error whose two lines the program printed last."""
    *_, error, hint = ["error: weightscope scan: it ended early", "hint: weightscope scan", *text.splitlines()]
    location, _, message = error.removeprefix("error: ").partition(": ")
    return WeightscopeError(location, message, hint.removeprefix("hint: "))
