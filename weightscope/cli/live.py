"""Runs what needs Keras: without a GPU, in a child process, with clean streams, and with the folder as it was."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import click

from weightscope.cli.child_process import in_child
from weightscope.cli.command import KERAS, option
from weightscope.cli.completion import candidates
from weightscope.cli.failure import print_line
from weightscope.cli.options import Decorator, together
from weightscope.cli.quiet import quiet_while
from weightscope.source.waiting import on_long_wait

#: The variable that makes `tf.keras` Keras 2.
LEGACY_KERAS = "TF_USE_LEGACY_KERAS"

#: What hides the GPUs of each maker; TensorFlow reads it when it is imported.
_NO_GPU = {"CUDA_VISIBLE_DEVICES": "-1", "HIP_VISIBLE_DEVICES": "-1", "ROCR_VISIBLE_DEVICES": "-1"}

#: For every command that runs Keras.
live_options: Decorator[Any] = together(
    option(KERAS, "--gpu", is_flag=True, help="Let TensorFlow see the GPUs; it takes their memory as it needs it."),
    option(
        KERAS,
        "--timeout",
        type=click.FloatRange(min=0, min_open=True),
        metavar="SECONDS",
        help="Stop loading or building after this time.  [default: never]",
    ),
)


def _shapes(_context: click.Context, _parameter: click.Parameter, given: tuple[str, ...]) -> Any:
    from weightscope.source.shapes import parse_input_shapes  # most lines have none

    return tuple(shape for text in given for shape in parse_input_shapes(text))


def input_shape_option(group: str) -> Decorator[Any]:
    """Returns the option that says what dummy inputs are like."""
    return option(
        group,
        "--input-shape",
        "inputs",
        metavar="[NAME=]SHAPE[:DTYPE]",
        multiple=True,
        callback=_shapes,
        help="Make a dummy input of this shape, the batch included: 1,28,28,3. Repeatable: ids=2,3:int32.",
    )


module_option: Decorator[Any] = option(
    KERAS,
    "--module",
    "modules",
    metavar="FILE.py|PACKAGE",
    shell_complete=candidates.files,
    multiple=True,
    help="Import your own layers from FILE.py or PACKAGE first. Repeatable.",
)


@contextmanager
def live_while(location: str, what: str, options: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    """Within it Keras and the user's code run.

    Yields, by name, a note for each environment variable that has no effect; those left at the end are printed.

    Args:
        location: What an error is about if the user's code ends the process.
        what: What the user waits for, such as `Building Dense with Keras`.
        options: Of the command: `live_options` and `--debug`.
    """
    from weightscope.cli.waiting_parent import Watch  # what reads a file alone waits for no child

    debug, has_gpu = options["debug"], options["gpu"]
    overruled = _overruled()
    if has_gpu:
        os.environ.setdefault("TF_FORCE_GPU_ALLOW_GROWTH", "true")
    else:
        os.environ.update(_NO_GPU)
    watch = Watch(location, options["timeout"], debug, has_gpu)
    with in_child(watch), _same_folder(), quiet_while(what, debug=debug) as show:
        listening = on_long_wait.set(show)
        try:
            yield overruled
        finally:
            on_long_wait.reset(listening)
    for note in overruled.values():
        print_line("note", note)


def _overruled() -> dict[str, str]:
    """Returns a note for each environment variable that has no effect; to be asked before Keras is imported."""
    notes = {}
    backend = os.environ.get("KERAS_BACKEND", "tensorflow")
    if backend != "tensorflow":
        notes["KERAS_BACKEND"] = f"KERAS_BACKEND={backend} has no effect: weightscope uses the tensorflow backend"
    legacy = os.environ.get(LEGACY_KERAS, "")
    if legacy.lower() in ("1", "true"):
        notes[LEGACY_KERAS] = f"{LEGACY_KERAS}={legacy} has no effect: weightscope uses Keras 3 here"
    return notes


@contextmanager
def _same_folder() -> Iterator[None]:
    """Within it the user's code may change the working directory; afterwards it is as before."""
    try:
        before = os.open(".", os.O_RDONLY)
    except OSError:  # deleted, or not to be read
        yield
        return
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            os.fchdir(before)
        os.close(before)
