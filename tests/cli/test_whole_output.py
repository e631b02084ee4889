"""Output is whole or an error, the old file stays until the new one is complete, and no part of a model is replaced."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import h5py
import numpy as np
import pytest

from tests.cli.terminal import WEIGHTSCOPE
from tests.conftest import SAMPLES, Run, assert_two_line_error, clean_environment

CNN = SAMPLES / "cnn_frozen_batchnorm.keras"
NO_SPACE = "No space left on device"

pytestmark = pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")


def run_limited(
    *arguments: str | Path, size: int, stdout: Path | None = None, cwd: Path, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Runs the program in a process that may write at most `size` bytes into any file."""
    with Path(stdout or os.devnull).open("w") as out:
        return subprocess.run(
            [*WEIGHTSCOPE, *map(str, arguments)],
            cwd=cwd,
            env=clean_environment(**environment),
            stdout=out,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)),
        )


def run_onto(device: str, *arguments: str | Path, stream: str = "stdout") -> subprocess.CompletedProcess[str]:
    """Runs the program with a stream that leads to a device."""
    with Path(device).open("w") as out:
        return subprocess.run(
            [*WEIGHTSCOPE, *map(str, arguments)],
            env=clean_environment(),
            text=True,
            check=False,
            stdout=out if stream == "stdout" else subprocess.PIPE,
            stderr=out if stream == "stderr" else subprocess.PIPE,
        )


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("arguments", [["inspect", CNN, "--json"], ["inspect", CNN], ["schema"], ["inspect", "--help"]])
def test_a_stdout_that_is_cut_is_an_error(arguments: list[str], unbuffered: str, tmp_path: Path) -> None:
    done = run_limited(*arguments, size=512, stdout=tmp_path / "out", cwd=tmp_path, PYTHONUNBUFFERED=unbuffered)
    assert done.returncode == 2
    assert done.stderr.splitlines()[0] == "error: stdout: cannot be written: File too large"
    assert len(done.stderr.splitlines()) == 2


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["check", "--rules"], ["inspect", CNN, "--json"]])
def test_a_full_stdout_is_an_error(arguments: list[str]) -> None:
    done = run_onto("/dev/full", *arguments)
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 2)
    assert done.stderr.startswith(f"error: stdout: cannot be written: {NO_SPACE}\nhint: > FILE")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["inspect", CNN], 0),
        (["check", SAMPLES / "unbuilt.keras"], 0),
        (["check", SAMPLES / "nan_weights.keras"], 1),
        (["inspect", "missing.keras"], 2),
        (["inspekt"], 2),
        (["inspect", CNN, "missing.keras", "--debug"], 2),
    ],
)
def test_a_full_stderr_changes_no_exit_code(arguments: list[str], code: int) -> None:
    assert run_onto("/dev/full", *arguments, stream="stderr").returncode == code


WRITTEN: list[list[str | Path]] = [
    ["inspect", CNN, "--format", "csv", "-o", "out.csv"],
    ["inspect", CNN, "--json", "-o", "out.json"],
    ["check", SAMPLES / "nan_weights.keras", "--format", "sarif", "-o", "out.sarif"],
    ["diff", CNN, SAMPLES / "text_bidirectional_lstm.keras", "--json", "-o", "out.json"],
    ["show", CNN, "conv2d_1/kernel", "-o", "out.npy"],
    ["show", CNN, "conv2d_1/kernel", "-o", "out.csv"],
    ["show", CNN, "conv2d_1/kernel", "-o", "out.png"],
    ["show", CNN, "conv2d_1/kernel", "-o", "out.svg"],
    ["schema", "-o", "out.json"],
]


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(one, id=f"{one[0]} {one[-1]}", marks=[pytest.mark.slow] if one[-1] == "out.svg" else [])
        for one in WRITTEN
    ],
)
def test_a_file_that_cannot_be_completed_leaves_the_old_one(arguments: list[str | Path], tmp_path: Path) -> None:
    old = tmp_path / arguments[-1]
    old.write_text("old")
    done = run_limited(*arguments, "--force", size=1024, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.splitlines()[0] == f"error: {old.name}: cannot be written: File too large"
    assert len(done.stderr.splitlines()) == 2
    assert old.read_text() == "old"
    assert list(tmp_path.iterdir()) == [old]


def test_a_file_that_cannot_be_completed_does_not_appear(tmp_path: Path) -> None:
    for arguments in (WRITTEN[0], WRITTEN[4]):
        assert run_limited(*arguments, size=1024, cwd=tmp_path).returncode == 2
        assert list(tmp_path.iterdir()) == []


def test_a_variable_that_makes_no_picture_leaves_no_file(run: Run, tmp_path: Path) -> None:
    for name in ("x.png", "x.svg", "x.npy", "x.csv"):
        assert run("show", CNN, "no/such/variable", "-o", tmp_path / name).exit_code == 2
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def full_disk(tmp_path: Path) -> Iterator[Path]:
    """Yields a folder on a disk of 64 KiB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)], capture_output=True, text=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"a small disk cannot be mounted: {mounted.stderr.strip()}")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def test_a_disk_that_fills_up_keeps_the_old_file(full_disk: Path, run: Run) -> None:
    old = full_disk / "old.json"
    old.write_text("old")
    (full_disk / "filler").write_bytes(bytes(52 << 10))
    result = run("inspect", CNN, "--json", "--preview", "1000", "-o", old, "--force")
    assert_two_line_error(result, saying=NO_SPACE)
    assert old.read_text() == "old"
    assert sorted(one.name for one in full_disk.iterdir()) == ["filler", "old.json"]


def test_a_new_file_has_the_usual_mode_and_a_replaced_one_keeps_its_own(run: Run, tmp_path: Path) -> None:
    new, old = tmp_path / "new.json", tmp_path / "old.json"
    old.write_text("old")
    old.chmod(0o640)
    before = os.umask(0o022)
    try:
        assert run("schema", "-o", new).exit_code == run("schema", "-o", old, "--force").exit_code == 0
    finally:
        os.umask(before)
    assert (new.stat().st_mode & 0o7777, old.stat().st_mode & 0o7777) == (0o644, 0o640)
    assert old.read_text() == new.read_text()


@pytest.mark.parametrize("exists", [True, False])
def test_a_link_stays_a_link(exists: bool, run: Run, tmp_path: Path) -> None:
    link, target = tmp_path / "link.json", tmp_path / "folder" / "target.json"
    target.parent.mkdir()
    if exists:
        target.write_text("old")
    link.symlink_to(target)
    assert run("schema", "-o", link, *(["--force"] if exists else [])).exit_code == 0
    assert link.is_symlink()
    assert target.read_text() == run("schema").stdout


def test_a_device_is_written_directly(run: Run) -> None:
    assert run("inspect", CNN, "-o", "/dev/null").exit_code == 0
    assert_two_line_error(run("inspect", CNN, "-o", "/dev/full"), saying=NO_SPACE)
    assert Path("/dev/null").is_char_device()


def folder_of_all(folder: Path) -> Path:
    """Copies a SavedModel, a checkpoint, an unzipped model, and a model in shards to a folder."""
    for name in ("cnn_checkpoint", "cnn_savedmodel", "cnn_frozen_batchnorm.keras"):
        source = SAMPLES / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, folder / name)
    shutil.unpack_archive(folder / "cnn_frozen_batchnorm.keras", folder / "unzipped", "zip")
    (folder / "cnn_savedmodel" / "assets").mkdir()
    (folder / "cnn_savedmodel" / "assets" / "words.txt").write_text("word")
    shutil.copy(folder / "unzipped" / "model.weights.h5", folder / "part_00000.weights.h5")
    (folder / "sharded.weights.json").write_text('{"metadata": {}, "weight_map": {"/": "part_00000.weights.h5"}}')
    return folder


@pytest.mark.parametrize(
    ("model", "part"),
    [
        ("cnn_frozen_batchnorm.keras", "cnn_frozen_batchnorm.keras"),
        ("cnn_checkpoint", "cnn_checkpoint/checkpoint"),
        ("cnn_checkpoint", "cnn_checkpoint/ckpt-1.index"),
        ("cnn_checkpoint/ckpt-1", "cnn_checkpoint/ckpt-1.data-00000-of-00001"),
        ("cnn_checkpoint/ckpt-1.index", "cnn_checkpoint/ckpt-1.data-00000-of-00001"),
        ("cnn_checkpoint/ckpt-1.data-00000-of-00001", "cnn_checkpoint/checkpoint"),
        ("cnn_checkpoint/checkpoint", "cnn_checkpoint/ckpt-1.index"),
        ("cnn_savedmodel", "cnn_savedmodel/saved_model.pb"),
        ("cnn_savedmodel", "cnn_savedmodel/variables/variables.index"),
        ("cnn_savedmodel", "cnn_savedmodel/assets/words.txt"),
        ("cnn_savedmodel/saved_model.pb", "cnn_savedmodel/variables/variables.data-00000-of-00001"),
        ("cnn_savedmodel/variables/variables", "cnn_savedmodel/saved_model.pb"),
        ("unzipped", "unzipped/config.json"),
        ("unzipped", "unzipped/metadata.json"),
        ("unzipped", "unzipped/model.weights.h5"),
        ("sharded.weights.json", "part_00000.weights.h5"),
    ],
)
@pytest.mark.parametrize("by", ["name", "relative path", "symbolic link", "hard link"])
def test_no_part_of_the_model_is_replaced(
    model: str, part: str, by: str, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder_of_all(tmp_path))
    content = Path(part).read_bytes()
    output = {"name": Path(part), "relative path": Path("cnn_savedmodel") / ".." / part}.get(by, Path("link.json"))
    if by == "symbolic link":
        output.symlink_to(tmp_path / part)
    elif by == "hard link":
        output.hardlink_to(part)
    result = run("inspect", model, "--json", "-o", output, "--force")
    assert_two_line_error(result, saying="this is", hinting="-o ANOTHER_FILE")
    assert Path(part).read_bytes() == content


@pytest.mark.parametrize(
    "arguments",
    [
        ["check", "unzipped"],
        ["show", "unzipped", "conv2d/kernel"],
        ["diff", "cnn_checkpoint", "unzipped"],
        ["diff", "unzipped", "cnn_checkpoint"],
        ["inspect", "cnn_checkpoint", "unzipped"],
    ],
)
def test_no_command_replaces_a_part(
    arguments: list[str], run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder_of_all(tmp_path))
    content = Path("unzipped/config.json").read_bytes()
    assert_two_line_error(
        run(*arguments, "--json", "-o", "unzipped/config.json", "--force"), saying="a part of unzipped"
    )
    assert Path("unzipped/config.json").read_bytes() == content


def test_the_code_and_the_spec_that_a_layer_is_made_from_are_not_replaced(run: Run, tmp_path: Path) -> None:
    spec, code = tmp_path / "spec.json", tmp_path / "code.py"
    spec.write_text('{"class_name": "Dense", "config": {"units": 1}, "input_shape": [1, 2]}')
    code.write_text("import keras\n")
    commands: list[list[str | Path]] = [
        ["layer", "--spec", spec, "--json", "-o", spec],
        ["layer", f"{code}:Dense", "--input-shape", "1,2", "--json", "-o", code],
        ["layer", "Dense", "--module", code, "--json", "-o", code],
        ["layers", "--module", code, "--json", "-o", code],
        ["inspect", CNN, "--module", code, "--json", "-o", code],
    ]
    for arguments in commands:
        assert_two_line_error(run(*arguments, "--force"), saying="this is")
    assert code.read_text() == "import keras\n"


def test_a_file_beside_the_parts_may_be_replaced(run: Run, tmp_path: Path) -> None:
    folder = folder_of_all(tmp_path)
    for place in ("cnn_checkpoint", "cnn_savedmodel", "unzipped", "."):
        listing = folder / place / "listing.csv"
        listing.write_text("old")
        for model in ("cnn_checkpoint", "cnn_savedmodel", "unzipped", "sharded.weights.json"):
            result = run("inspect", folder / model, "--format", "csv", "-o", listing, "--force")
            assert result.exit_code == 0, result.stderr
            assert listing.read_text().startswith("location,")


def test_a_checkpoint_beside_the_one_that_is_read_may_not_be_taken_for_a_part_of_it(run: Run, tmp_path: Path) -> None:
    folder = folder_of_all(tmp_path) / "cnn_checkpoint"
    (folder / "ckpt-10.index").write_bytes(b"another")
    assert run("inspect", folder / "ckpt-1", "--json", "-o", folder / "ckpt-10.index", "--force").exit_code == 0


def test_an_empty_name_is_an_error(run: Run) -> None:
    for model in (["inspect", ""], ["show", "", "x"], ["check", ""], ["diff", "", str(CNN)]):
        assert_two_line_error(run(*model), saying="error: ''")
    assert_two_line_error(run("inspect", CNN, "-o", ""), saying="error: ''")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["check", SAMPLES / "nan_weights.keras"], 1),
        (["inspect", CNN], 0),
        (["inspect", "x.keras"], 2),
        (["inspect", CNN, "-o", "x.csv"], 2),
        (["inspect", "."], 2),
        (["trend", "."], 2),
        (["lock", CNN], 2),
        (["verify"], 2),
        (["--help"], 0),
    ],
)
def test_a_working_directory_that_was_deleted_changes_no_exit_code(
    arguments: list[str | Path], code: int, tmp_path: Path
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    done = subprocess.run(
        ["bash", "-c", 'rmdir "$PWD" && exec "$@"', "bash", *WEIGHTSCOPE, *map(str, arguments)],
        cwd=gone,
        env=clean_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stderr
    assert "unexpected error" not in done.stderr
    if code == 2:
        assert len(done.stderr.splitlines()) == 2


def test_exported_values_are_whole_and_equal(run: Run, tmp_path: Path) -> None:
    assert run("show", CNN, "conv2d_1/kernel", "-o", tmp_path / "k.npy").exit_code == 0
    assert np.load(tmp_path / "k.npy").shape == (3, 3, 6, 8)


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="a file without a name is named by way of /proc")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_a_signal_leaves_neither_a_part_nor_a_temporary_file(number: signal.Signals, tmp_path: Path) -> None:
    old = tmp_path / "kernel.csv"
    old.write_text("old")
    large = tmp_path / "large.weights.h5"
    with h5py.File(large, "w") as file:
        file.create_dataset("layers/dense/vars/0", (4000, 4000), "float32")
    process = subprocess.Popen(
        [*WEIGHTSCOPE, "show", str(large), "layers/dense/0", "-o", str(old), "--force"],
        env=clean_environment(),
        stderr=subprocess.PIPE,
        text=True,
    )
    writing = Path(f"/proc/{process.pid}/fd")
    while process.poll() is None and not any(
        str(tmp_path) in _target(one) and "large" not in _target(one) for one in writing.iterdir()
    ):
        time.sleep(0.01)
    process.send_signal(number)
    _, stderr = process.communicate(timeout=60)
    assert process.returncode == -number, stderr
    assert sorted(one.name for one in tmp_path.iterdir()) == ["kernel.csv", "large.weights.h5"]
    assert old.read_text() == "old"


def _target(descriptor: Path) -> str:
    try:
        return str(descriptor.readlink())
    except OSError:  # closed meanwhile
        return ""
