"""A listing imports nothing that pyfive needs only elsewhere, and all of it works when it is used."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import h5py
import numpy as np

from tests.conftest import SAMPLES, clean_environment

_SHOW = "print(sorted({'fsspec', 'numcodecs', 'asyncio', 'importlib.metadata'} & set(sys.modules)))"


def _printed(code: str, *arguments: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", code, *arguments], env=clean_environment(), capture_output=True, text=True, check=True
    ).stdout


def test_a_listing_imports_none_of_the_libraries_that_are_put_off() -> None:
    code = f"import sys, weightscope; weightscope.inspect_model(sys.argv[1]).to_dict(); {_SHOW}"
    assert _printed(code, str(SAMPLES / "cnn_frozen_batchnorm.keras")) == "[]\n"


def test_whoever_imports_them_later_gets_the_real_ones() -> None:
    code = (
        "import sys, weightscope; weightscope.inspect_model(sys.argv[1])\n"
        "import fsspec, fsspec.utils, numcodecs\n"
        "print(fsspec.filesystem('file').protocol[0], fsspec.utils.__file__.endswith('utils.py'))\n"
        "print(numcodecs.Fletcher32().codec_id)"
    )
    assert _printed(code, str(SAMPLES / "legacy.h5")) == "file True\nfletcher32\n"


def test_pyfive_itself_checks_sums_of_chunks_afterwards(tmp_path: Path) -> None:
    file = tmp_path / "sums.h5"
    with h5py.File(file, "w") as written:
        written.create_dataset("d", data=np.arange(6.0), chunks=(3,), fletcher32=True)
    code = (
        "import sys, weightscope; weightscope.inspect_model(sys.argv[1])\n"
        "import pyfive; print(pyfive.File(sys.argv[2])['d'][:].tolist())"
    )
    assert _printed(code, str(SAMPLES / "legacy.h5"), str(file)) == "[0.0, 1.0, 2.0, 3.0, 4.0, 5.0]\n"


def test_the_version_of_pyfive_is_read_when_it_is_asked_for() -> None:
    code = (
        "import sys, weightscope; weightscope.inspect_model(sys.argv[1])\n"
        "import pyfive, importlib.metadata as real\n"
        "print(pyfive.__version__ == real.version('pyfive'), hasattr(pyfive, 'version_of_what'))\n"
        "print(real.PackageNotFoundError.__module__)"
    )
    assert _printed(code, str(SAMPLES / "legacy.h5")) == "True False\nimportlib.metadata\n"


def test_in_a_process_with_threads_nothing_is_put_off() -> None:
    code = (
        "import sys, threading, weightscope\n"
        "done = threading.Event(); threading.Thread(target=done.wait).start()\n"
        f"weightscope.inspect_model(sys.argv[1]); {_SHOW}; done.set()"
    )
    assert "numcodecs" in _printed(code, str(SAMPLES / "cnn_frozen_batchnorm.keras"))
