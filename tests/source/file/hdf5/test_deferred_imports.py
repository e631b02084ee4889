"""A listing imports neither fsspec nor numcodecs, and both work when they are used."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import h5py
import numpy as np

from tests.conftest import SAMPLES, clean_environment

_SHOW = "print(sorted({'fsspec', 'numcodecs', 'asyncio'} & set(sys.modules)))"


def _printed(code: str, *arguments: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", code, *arguments], env=clean_environment(), capture_output=True, text=True, check=True
    ).stdout


def test_a_listing_imports_neither_fsspec_nor_numcodecs() -> None:
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
