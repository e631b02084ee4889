"""Loads saved models in a new Python process, which knows only the classes that another program of the user knows.

The process starts early, and imports TensorFlow while this process saves the models.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from weightscope.inspection import Array
from weightscope.source.live.doctor.examined_layer import ExaminedLayer, is_keras_own
from weightscope.source.live.doctor.reload import Reloaded, load_again, storable
from weightscope.source.live.framework import keras
from weightscope.source.temporary_folder import temporary_folder

#: What the process runs. Not `python -m`: Python warns if the package has imported the module already.
_PROGRAM = "import sys; from weightscope.source.live.doctor.reload import main; main(sys.argv[1])"

#: The time limit, in seconds, for the new process to load and call the models of one layer.
_LONGEST = 300


class Reloader:
    """Loads the models in the sub-folders of `folder`; each is named `model.keras`."""

    def __init__(self, examined: ExaminedLayer, folder: Path, process: subprocess.Popen[bytes] | None) -> None:
        """Takes a waiting process, or None to load the models in the current process."""
        self.folder = folder
        self._process = process
        self._seed = examined.seed
        self._classes = _own_classes(examined)

    def place(self, name: str, inputs: Sequence[Array]) -> Path:
        """Saves the inputs for a model, and returns the path at which to save the model."""
        (self.folder / name).mkdir()
        np.savez(self.folder / name / "inputs.npz", *map(storable, inputs))
        return self.folder / name / "model.keras"

    def load(self) -> Mapping[str, Reloaded]:
        """Returns the result for each model. Call it only once."""
        names = sorted(one.parent.name for one in self.folder.glob("*/model.keras"))
        if self._process is None:
            keras.utils.set_random_seed(self._seed + 1)  # the old seed would repeat random initial values
            known = {one.__name__: one for one in self._classes}
            return {name: load_again(self.folder / name, known) for name in names}
        files = {one.__module__: getattr(sys.modules.get(one.__module__), "__file__", None) for one in self._classes}
        classes = [[one.__module__, files[one.__module__], one.__name__] for one in self._classes]
        job = {"path": sys.path, "classes": classes, "models": names}
        (self.folder / "job.json").write_text(json.dumps(job), encoding="utf-8")
        failure = self._run()
        return {
            name: Reloaded.read(self.folder / name)
            if (self.folder / name / "result.json").is_file()
            else Reloaded(failure)
            for name in names
        }

    def _run(self) -> str:
        """Runs the process to its end. Returns the error for models without a result."""
        assert self._process is not None
        try:
            self._process.communicate(b"\n", timeout=_LONGEST)
        except subprocess.TimeoutExpired:
            return f"it took more than {_LONGEST} seconds"
        except OSError:  # the process ended before it read its input
            self._process.wait()
        last = (self.folder / "stderr").read_text("utf-8", "replace").strip().splitlines()[-1:]
        return f"the process that loads it ended with {self._process.returncode}: {''.join(last)}"


@contextmanager
def reloader(examined: ExaminedLayer) -> Iterator[Reloader]:
    """Yields a reloader with a new process, or with the current process if no other can import the classes."""
    with temporary_folder() as folder:
        is_local = any(one.__module__ == "__main__" or "." in one.__qualname__ for one in _own_classes(examined))
        if is_local or not examined.how.fresh_process:
            yield Reloader(examined, folder, None)
            return
        command = [sys.executable, "-c", _PROGRAM, str(folder)]
        environment = {**os.environ, "KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "3"}
        with (folder / "stderr").open("wb") as stderr:
            process = subprocess.Popen(
                command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=stderr
            )
        try:
            yield Reloader(examined, folder, process)
        finally:
            process.kill()  # it has already ended if it loaded the models
            process.communicate()


def _own_classes(examined: ExaminedLayer) -> list[Any]:
    """Returns the classes of the layer and its sub-layers that are not defined in Keras."""
    return list({type(layer): None for _, _, layer in examined.layers() if not is_keras_own(layer)})
