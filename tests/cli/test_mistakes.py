"""What people type by mistake: the hint is the command line that was meant, and it works."""

from __future__ import annotations

import shlex
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import SAMPLES, Run, assert_two_line_error

#: A mistyped command line, and its hint; `cnn.keras` and `text.keras` lie in the working directory.
MEANT = {
    "cnn.keras": "inspect cnn.keras",
    "cnn.keras text.keras --stats": "inspect cnn.keras text.keras --stats",
    ".": "inspect .",
    "inspect": "inspect cnn.keras",
    "ls": "inspect cnn.keras",
    "ls text.keras": "inspect text.keras",
    "summary text.keras --json": "inspect text.keras --json",
    "inspct text.keras": "inspect text.keras",
    "Inspect text.keras": "inspect text.keras",
    "compare cnn.keras text.keras": "diff cnn.keras text.keras",
    "lint cnn.keras": "check cnn.keras",
    "rules": "check --rules",
    "help": "--help",
    "help inspect": "inspect --help",
    "version": "--version",
    "-v": "--version",
    "--json inspect cnn.keras": "inspect cnn.keras --json",
    "--filter kernel inspect cnn.keras": "inspect cnn.keras --filter kernel",
    "--stats cnn.keras": "inspect cnn.keras --stats",
    "inspect cnn": "inspect cnn.keras",
    "inspect cnn.kears --json": "inspect cnn.keras --json",
    "inspect cnn.keras dense/kernel": "show cnn.keras dense/kernel",
    "inspect cnn.keras --trainable": "inspect cnn.keras --only trainable",
    "inspect cnn.keras --frozen --json": "inspect cnn.keras --only non-trainable --json",
    "inspect cnn.keras --only frozen": "inspect cnn.keras --only non-trainable",
    "inspect cnn.keras --only=trainabel": "inspect cnn.keras --only trainable",
    "inspect cnn.keras --only kernel": "inspect cnn.keras --filter kernel",
    "inspect cnn.keras --layer dense": "inspect cnn.keras --filter dense",
    "inspect cnn.keras -n 5": "inspect cnn.keras --top 5",
    "inspect cnn.keras --limit=5": "inspect cnn.keras --top 5",
    "inspect cnn.keras --top many": "inspect cnn.keras --top 10",
    "inspect cnn.keras --stat": "inspect cnn.keras --stats",
    "inspect cnn.keras --summary": "inspect cnn.keras --by layer",
    "inspect cnn.keras --by layers": "inspect cnn.keras --by layer",
    "inspect cnn.keras --by classs": "inspect cnn.keras --by class",
    "inspect cnn.keras --level 1": "inspect cnn.keras --depth 1",
    "inspect cnn.keras --csv": "inspect cnn.keras --format csv",
    "inspect cnn.keras --format md": "inspect cnn.keras --format markdown",
    "inspect cnn.keras --frmat json": "inspect cnn.keras --format json",
    "inspect cnn.keras --no-color": "inspect cnn.keras --color never",
    "inspect cnn.keras --heat": "show cnn.keras --heat",
    "-j inspect cnn.keras": "inspect cnn.keras --json",
    "inspect cnn.keras -j": "inspect cnn.keras --json",
    "inspect cnn.keras -v": "inspect cnn.keras --stats",
    "inspect cnn.keras --by": "inspect cnn.keras --by layer",
    "inspect cnn.keras --top": "inspect cnn.keras --top 10",
    "check cnn.keras --level warning": "check cnn.keras --fail-on warning",
    "export cnn.keras --format npz": "export cnn.keras -o cnn.npz",
    "export cnn.keras -o weights.npz --format npz": "export cnn.keras -o weights.npz",
    "show": "show cnn.keras",
    "diff ''": "diff cnn.keras text.keras",
    "report ''": "report cnn.keras -o cnn.html",
    "export ''": "export cnn.keras -o weights.npz",
    "show cnn.keras dense/kernel ':,0'": "show cnn.keras dense/kernel --slice :,0",
    "show cnn.keras dense/kernel --stats": "show cnn.keras dense/kernel",
    "check": "check cnn.keras",
    "check .": "check cnn.keras",
    "check cnn.keras --only nan-values": "check cnn.keras --select nan-values",
    "check nan-values cnn.keras": "check cnn.keras --select nan-values",
    "check cnn.keras --rule nan-values": "check cnn.keras --select nan-values",
    "check cnn.keras --strict": "check cnn.keras --fail-on warning",
    "check --list": "check --rules",
    "check cnn.keras nan": "check cnn.keras --select nan-values",
    "check --nan cnn.keras": "check cnn.keras --select nan-values",
    "check text.keras --to cnn.keras": "check text.keras --into cnn.keras",
    "check text.keras cnn.keras --into": "check text.keras --into cnn.keras",
    "load text.keras cnn.keras": "check text.keras --into cnn.keras",
    "convert cnn.keras cnn.npz": "export cnn.keras -o cnn.npz",
    "export cnn.keras": "export cnn.keras -o weights.npz",
    "export cnn.keras new.npz --no-optimizer": "export cnn.keras -o new.npz --no-optimizer",
    "export cnn.keras -o new.npz --optimizer": "export cnn.keras -o new.npz",
    "lock cnn.keras --json": "lock cnn.keras",
    "scan . --json": "scan . --format jsonl",
    "check text.keras --sort bytes": "check text.keras",
    "diff cnn.keras text.keras --depth 1": "diff cnn.keras text.keras",
    "layers --sort path": "layers",
    "completion bsh": "completion bash",
    "scan": "scan .",
    "stats cnn.keras": "inspect --stats cnn.keras",
    "models": "inspect --by model cnn.keras",
    "inspect cnn.keras text.keras --by-model": "inspect cnn.keras text.keras --by model",
    "inspect cnn.keras --by file": "inspect cnn.keras --by model",
    "inspect cnn.keras --depth 0": "inspect cnn.keras --depth 1",
    "inspect cnn.keras -o cnn.html": "report cnn.keras -o cnn.html",
    "report cnn.keras -o cnn.html --stats": "report cnn.keras -o cnn.html",
    "report cnn.keras --top 3 -o cnn.html": "report cnn.keras -o cnn.html",
    "report cnn.keras --sort=size -o cnn.html": "report cnn.keras -o cnn.html",
    "cnn.keras dense/kernel": "show cnn.keras dense/kernel",
    "show dense/kernel cnn.keras": "show cnn.keras dense/kernel",
    "show cnn.keras:dense/kernel": "show cnn.keras dense/kernel",
    "show cnn.keras --variable dense/kernel": "show cnn.keras dense/kernel",
    "diff cnn.keras text.keras --largest": "diff cnn.keras text.keras --sort size",
    "completion": "completion bash",
    "schema --json": "schema",
    "diff": "diff cnn.keras text.keras",
    "diff text.keras": "diff text.keras cnn.keras",
    "diff cnn.keras text.keras cnn.keras": "diff cnn.keras text.keras",
    "diff cnn.keras txt.keras": "diff cnn.keras text.keras",
    "diff cnn.keras text.keras --tolerance 1": "diff cnn.keras text.keras --atol 1",
    "schema inspect": "schema",
    "schema --format json": "schema",
    "layers Dense": "layers --filter Dense",
    "layer cnn.keras": "inspect cnn.keras",
    "Dense --arg units=1 --input-shape 1,4": "layer Dense --arg units=1 --input-shape 1,4",
    "layer Dense --units 3 --input-shape 1,4": "layer Dense --arg units=3 --input-shape 1,4",
    "layer Conv1D --filters 3 --arg kernel_size=2 --input-shape 1,4,2": (
        "layer Conv1D --arg filters=3 --arg kernel_size=2 --input-shape 1,4,2"
    ),
    "layer Dense units=3 --input-shape 1,4": "layer Dense --input-shape 1,4 --arg units=3",
    "layer Dense 3 --input-shape 1,4": "layer Dense --arg units=3 --input-shape 1,4",
    "layer 'Dense(3)' --input-shape 1,4": "layer Dense --arg units=3 --input-shape 1,4",
    "layer 'keras.layers.Dense(units=3, use_bias=False)' --input-shape 1,4": (
        "layer Dense --arg units=3 --arg use_bias=false --input-shape 1,4"
    ),
    "layer notes_of_layers": "layer notes_of_layers.py",
    "layer CustomDense --input-shape 1 4": "layer CustomDense --input-shape 1,4",
    "layer CustomDense --input_shape 1,4": "layer CustomDense --input-shape 1,4",
}


@pytest.fixture
def models_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes a working directory with two models and files that are none."""
    (tmp_path / "cnn.keras").write_bytes((SAMPLES / "cnn_frozen_batchnorm.keras").read_bytes())
    (tmp_path / "text.keras").write_bytes((SAMPLES / "text_bidirectional_lstm.keras").read_bytes())
    (tmp_path / "notes.md").write_text("notes")
    (tmp_path / "notes_of_layers.py").write_text("import keras\n\n\nclass Mine(keras.layers.Layer):\n    pass\n")
    (tmp_path / ".hidden").write_text("hidden")
    (tmp_path / "weights.lock").write_text("{}")
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("typed", MEANT)
@pytest.mark.usefixtures("models_here")
def test_the_hint_is_the_command_line_that_was_meant_and_works(typed: str, run: Run) -> None:
    result = run(*shlex.split(typed))
    assert result.exit_code == 2
    *_, error, hint = result.stderr.splitlines()
    assert error.startswith("error: ")
    assert hint == f"hint: weightscope {MEANT[typed]}"
    if typed != ".":  # a folder of two models, which the next hint resolves
        assert run(*shlex.split(MEANT[typed])).exit_code in (0, 1)


@pytest.mark.usefixtures("models_here")
def test_a_hint_can_be_copied_where_names_have_spaces_and_quotes(run: Run) -> None:
    folder = Path("the model's")
    folder.mkdir()
    Path("cnn.keras").rename(folder / "a b.keras")
    for typed in (folder, folder / "a b", folder / "a d.keras"):
        hint = run("check", typed).stderr.splitlines()[-1].removeprefix("hint: weightscope ")
        assert shlex.split(hint) == ["check", str(folder / "a b.keras")]
    assert shlex.split(run("check", folder / "xyzzy.keras").stderr.splitlines()[-1]) == ["hint:", "ls", str(folder)]


@pytest.mark.usefixtures("models_here")
def test_of_files_with_one_stem_the_nearest_end_is_meant(run: Run) -> None:
    for end in ("csv", "h5", "zip"):
        Path(f"cnn.{end}").touch()
    assert_two_line_error(run("inspect", "cnn.kera"), hinting="weightscope inspect cnn.keras")
    assert_two_line_error(run("inspect", "cmn.hdf5"), hinting="weightscope inspect cnn.h5")


@pytest.mark.usefixtures("models_here")
def test_a_hint_that_is_a_sentence_stays_one(run: Run) -> None:
    np.savez("words.npz", words=np.array(["one", "two"]), waves=np.array([1 + 2j]))
    assert_two_line_error(run("show", "words.npz", "words"), hinting="weightscope inspect shows the others")
    assert_two_line_error(run("show", "words.npz", "waves"), hinting="weightscope inspect shows its first values")


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("inspect cnn.keras --format yaml", "one of table, json, jsonl, csv, markdown"),
        ("inspect cnn.keras --json -o", "weightscope inspect cnn.keras --json -o FILE"),
        ("inspect cnn.keras -q", "weightscope inspect cnn.keras 2>/dev/null"),
        ("inspect http://127.0.0.1:9/m.keras", "check the address and the network, or try again later"),
        ("inspect -", "cat > model.keras"),
        ("inspect xyzzy.keras", "ls ."),
        ("inspect '*.keras'", "leave out the quotes: the shell makes *.keras the names of files"),
        ("completion powershell", "one of bash, zsh, fish"),
        ("inspect cnn.keras --doctor", "weightscope layer --help"),
        ("xyzzy", "weightscope --help"),
        ("scan . --format parquet", "weightscope scan . -o models.parquet"),
        ("scan . --models --top 3", "leave out --models"),
        ("show cnn.keras --sort byts", "did you mean bytes?"),
        ("export cnn.keras -o new.npz --filter kernl", "--filter kernel"),
        ("verify weigths.lock", "did you mean weights.lock?"),
        ("layer Dense --arg units=1 --input-shape 1,4 --input-dtype boll", "did you mean bool?"),
        (
            "layer MultiHeadAttention --arg num_heads=1 --arg key_dim=1 "
            "--input-shape quer=1,2,2 --input-shape value=1,2,2",
            "did you mean query or query_mask?",
        ),
    ],
)
@pytest.mark.usefixtures("models_here")
def test_what_was_meant_is_not_clear_and_the_hint_leads_on(typed: str, hint: str, run: Run) -> None:
    result = run(*shlex.split(typed))
    assert (result.exit_code, result.stderr.splitlines()[-1]) == (2, f"hint: {hint}")


@pytest.mark.usefixtures("models_here")
def test_a_folder_whose_name_is_a_word_for_a_command_is_inspected(run: Run) -> None:
    Path("models").mkdir()
    assert_two_line_error(run("models"), hinting="weightscope inspect models")


@pytest.mark.usefixtures("models_here")
def test_a_model_alone_lists_the_paths_to_show(run: Run) -> None:
    result = run("show", "cnn.keras")
    assert result.exit_code == 0
    assert all(path in result.stdout for path in ("conv2d/kernel", "dense/bias"))
    chosen = run("show", "cnn.keras", "--filter", "dense", "--format", "csv").stdout.splitlines()
    assert [row.split(",")[1] for row in chosen[1:3]] == ["dense/kernel", "dense/bias"]
    assert all("/dense/" in row for row in chosen[3:])


@pytest.mark.usefixtures("models_here")
def test_a_part_of_one_path_is_shown(run: Run) -> None:
    assert run("show", "text.keras", "tokens").stdout == run("show", "text.keras", "tokens/embeddings").stdout
    assert run("show", "cnn.keras", "kernel", "--filter", "dense").exit_code == 0


@pytest.mark.usefixtures("models_here")
def test_without_models_here_the_hint_has_names_that_models_may_have(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    assert run("inspect").stderr.splitlines()[-1] == "hint: weightscope inspect model.keras"
    assert run("diff").stderr.splitlines()[-1] == "hint: weightscope diff model.keras other.keras"


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("keras.layers.Dense", "Dense"),
        ("tf.keras.layers.Dense", "Dense"),
        ("layers.Dense", "Dense"),
        ("my.layers.Attend", "my.layers:Attend"),
    ],
)
def test_a_class_named_as_in_python_leads_to_its_name_here(name: str, meant: str, run: Run) -> None:
    result = run("layer", name, "--arg", "units=3", "--input-shape", "1,4")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.splitlines()[-1] == f"hint: weightscope layer {meant} --arg units=3 --input-shape 1,4"
