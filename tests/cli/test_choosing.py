"""Choosing what is listed works alike in every command that lists variables, findings or layers."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from tests.conftest import SAMPLES, Run, assert_two_line_error, parse_documents

CNN = SAMPLES / "cnn_frozen_batchnorm.keras"
SICK = SAMPLES / "nan_weights.keras"


def paths(run: Run, *options: Any) -> list[str]:
    document = json.loads(run("inspect", CNN, "--json", *options).stdout)
    return [one["path"] for one in document["variables"]]


def findings(run: Run, *options: Any) -> list[tuple[str, str]]:
    document = json.loads(run("check", SICK, "--json", *options).stdout)
    return [(one["rule"], one["variable"]) for one in document["findings"]]


def test_a_word_chooses_a_part_of_the_path(run: Run) -> None:
    assert paths(run, "--filter", "kernel") == ["conv2d/kernel", "conv2d_1/kernel", "dense/kernel"]
    assert paths(run, "--filter", "kernel", "--exclude", "conv2d") == ["conv2d_1/kernel", "dense/kernel"]
    assert paths(run, "--exclude", "*conv*", "--only", "trainable", "--exclude", "dense") == [
        "batch_normalization/gamma",
        "batch_normalization/beta",
    ]


@pytest.mark.parametrize(
    ("key", "means"), [("params", "parameters"), ("size", "bytes"), ("name", "path"), ("Parameters", "parameters")]
)
def test_a_sort_key_has_other_names(key: str, means: str, run: Run) -> None:
    assert paths(run, "--sort", key) == paths(run, "--sort", means)


@pytest.mark.parametrize(("key", "means"), [("nan", "nan"), ("std", "standard_deviation"), ("l2-norm", "l2_norm")])
def test_a_sort_key_that_is_a_statistic_asks_for_statistics(key: str, means: str, run: Run) -> None:
    rows = list(csv.DictReader(run("inspect", SICK, "--sort", key, "--format", "csv").stdout.splitlines()))
    means_in_rows = [float(row[means]) for row in rows]
    assert means_in_rows == sorted(means_in_rows, reverse=True)
    assert run("inspect", SICK, "--sort", key).stdout == run("inspect", SICK, "--sort", means, "--stats").stdout


def test_a_mistyped_sort_key_is_told_the_nearest(run: Run) -> None:
    assert_two_line_error(run("inspect", CNN, "--sort", "parametres"), hinting="did you mean parameters?")
    assert_two_line_error(run("inspect", CNN, "--sort", "colour"), hinting="one of model, path, parameters")
    assert_two_line_error(run("diff", CNN, CNN, "--sort", "changd"), hinting="did you mean changed?")


def test_findings_are_chosen_by_the_variable_that_they_are_about(run: Run) -> None:
    everything = findings(run)
    assert {variable for _, variable in everything} == {"scores/kernel", "scores/bias"}
    assert findings(run, "--filter", "bias") == [one for one in everything if one[1] == "scores/bias"]
    assert findings(run, "--exclude", "bias") == [one for one in everything if one[1] == "scores/kernel"]
    assert findings(run, "--only", "trainable") == everything
    assert findings(run, "--only", "non-trainable") == []
    assert findings(run, "--top", "1") == everything[:1]


def test_the_exit_code_of_a_check_is_that_of_the_findings_chosen(run: Run) -> None:
    assert run("check", SICK, "--filter", "hidden").exit_code == 0
    assert run("check", SICK, "--filter", "bias").exit_code == 1
    result = run("check", SICK, "--top", "1")
    assert (result.exit_code, result.stderr) == (1, f"note: {SICK}: 2 more findings (--top 1)\n")


def test_a_finding_about_the_whole_model_goes_with_no_pattern(run: Run) -> None:
    def rules(*options: str) -> list[str]:
        return [one["rule"] for one in json.loads(run("check", CNN, "--json", *options).stdout)["findings"]]

    assert "optimizer-in-file" in rules()
    assert "optimizer-in-file" in rules("--exclude", "conv2d")
    assert "optimizer-in-file" not in rules("--filter", "conv2d")


def test_differences_are_chosen_alike(run: Run) -> None:
    def pairs(*options: str) -> list[str]:
        rows = run("diff", CNN, CNN, "--include-equal", "--format", "csv", *options).stdout.splitlines()
        return [row["a"] for row in csv.DictReader(rows)]

    assert pairs("--filter", "kernel") == ["conv2d/kernel", "conv2d_1/kernel", "dense/kernel"]
    assert pairs("--filter", "kernel", "--exclude", "dense", "--only", "trainable") == ["conv2d_1/kernel"]
    assert pairs("--top", "2") == ["conv2d/kernel", "conv2d/bias"]


def test_layers_are_chosen_by_name(run: Run) -> None:
    def names(*options: str) -> set[str]:  # other tests register layers in this process, none of them called *Conv2D
        return {one["name"] for one in json.loads(run("layers", "--json", *options).stdout)["layers"]}

    assert "CustomDense" not in names("--filter", "Dense")
    assert {"CustomConv2D", "Conv2D"} <= names("--filter", "*Conv2D*")
    assert "CustomConv2D" not in names("--filter", "*Conv2D*", "--exclude", "Custom*")
    assert len(names("--filter", "*Dense*", "--top", "1")) == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ["inspect", CNN],
        ["check", CNN],
        ["diff", CNN, CNN],
        ["inspect", CNN, SICK],
    ],
)
def test_a_pattern_that_matches_nothing_is_noted_with_the_nearest(arguments: list[Any], run: Run) -> None:
    result = run(*arguments, "--filter", "kernel", "--filter", "Conv2d", "--exclude", "xyz")
    assert result.exit_code == 0
    assert "note: --filter Conv2d matches nothing; the nearest that would: conv2d or conv2d_1\n" in result.stderr
    assert "note: --exclude xyz matches nothing\n" in result.stderr
    assert "--filter kernel" not in result.stderr


def test_a_pattern_that_matches_in_one_of_several_models_is_not_noted(run: Run) -> None:
    assert run("inspect", CNN, SICK, "--filter", "scores", "--preview", "0").stderr == ""


def test_a_layers_variables_are_chosen_and_a_pattern_that_matches_nothing_is_noted(run: Run) -> None:
    result = run("layer", "CustomDense", "--input-shape", "1,4", "--filter", "kernl", "--filter", "bias", "--json")
    assert [one["name"] for one in json.loads(result.stdout)["variables"]] == ["bias"]
    assert result.stderr == "note: --filter kernl matches nothing; the nearest that would: kernel\n"


def test_the_optimizers_variables_are_checked_for_what_is_not_finite_on_request(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "slots.weights.h5"
    with h5py.File(file, "w") as weights:
        weights["layers/dense/vars/0"] = np.eye(3, dtype="float32")
        weights["optimizer/vars/0"] = np.int64(3)
        weights["optimizer/vars/1"] = np.float32(0.1)
        weights["optimizer/vars/2"] = np.full((3, 3), np.nan, "float32")
    assert run("check", file, "--select", "nan-values").exit_code == 0
    result = run("check", file, "--select", "nan-values", "--optimizer", "--json")
    assert result.exit_code == 1
    (finding,) = json.loads(result.stdout)["findings"]
    assert (finding["rule"], finding["count"]) == ("nan-values", 9)
    clean = run("check", CNN, "--optimizer", "--json")
    assert clean.stdout == run("check", CNN, "--json").stdout


def test_sums_are_listed_by_layer_class_and_dtype(run: Run) -> None:
    def listed(*options: str) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(run("inspect", CNN, "--json", *options).stdout)
        return document

    assert [one["layer_class"] for one in listed("--by", "class")["classes"]] == [
        "Conv2D",
        "BatchNormalization",
        "Dense",
    ]
    (dtype,) = listed("--by", "dtype")["dtypes"]
    assert (dtype["dtype"], dtype["parameters"], dtype["share"]) == ("float32", 722, 1.0)
    assert listed("--depth", "1")["layers"] == listed("--by", "layer")["layers"]
    result = run("inspect", CNN, "--by", "class", "--depth", "1")
    assert_two_line_error(result, saying="only layers are inside one another")


def test_each_of_several_models_is_a_row_of_one_table(run: Run) -> None:
    others = [SAMPLES / name for name in ("nan_weights.keras", "unbuilt.keras", "attention_encoder.keras")]
    documents = parse_documents(run("inspect", CNN, *others, "--by", "model", "--json").stdout)
    entries = [entry for document in documents for entry in document["models"]]
    assert [entry["model"] for entry in entries] == [str(one) for one in (CNN, *others)]
    assert [(entry["parameters"], entry["bytes"]) for entry in entries] == [
        (document["totals"]["parameters"], document["totals"]["bytes"]) for document in documents
    ]
    table = run("inspect", CNN, *others, "--by", "model", "--sort", "parameters", "--top", "3").stdout.splitlines()
    rows = [line.split() for line in table if line.startswith(str(SAMPLES))]
    assert [(Path(row[0]).name, row[2]) for row in rows] == [
        ("attention_encoder.keras", "1,392"),
        ("cnn_frozen_batchnorm.keras", "722"),
        ("nan_weights.keras", "53"),
    ]
    assert table[-1] == "3 models · 26 variables · 2,167 parameters · 8.5 KiB"
    assert "share" not in table[1]
    markdown = run("inspect", CNN, *others, "--by", "model", "--format", "markdown", "--filter", "kernel").stdout
    assert markdown.startswith("**4 models, 10 of 26 variables, ")
    assert [line[2 : line.index(" |", 2)] for line in markdown.splitlines()[4:]] == [
        f"`{one}`" for one in (CNN, *others)
    ]


def test_a_model_that_cannot_be_read_is_no_row(run: Run) -> None:
    result = run("inspect", "missing.keras", CNN, "--by", "model", "--format", "csv")
    assert (result.exit_code, len(result.stdout.splitlines())) == (2, 2)
    assert_two_line_error(run("inspect", "missing.keras", "--by", "model"), saying="missing.keras")


def test_layers_of_a_nested_model_are_folded(run: Run) -> None:
    text = SAMPLES / "text_bidirectional_lstm.keras"
    rows = list(csv.DictReader(run("inspect", text, "--depth", "1", "--format", "csv").stdout.splitlines()))
    assert [(row["layer"], row["layer_class"]) for row in rows] == [
        ("tokens", "Embedding"),
        ("reader", "Bidirectional"),
        ("verdict", "Dense"),
    ]


def test_show_lists_the_variables_that_are_chosen_as_inspect_does(run: Run) -> None:
    def shown(*options: str) -> list[str]:
        return [one["path"] for one in json.loads(run("show", CNN, "--json", *options).stdout)["variables"]]

    for options in (
        ["--only", "trainable"],
        ["--top", "2"],
        ["--only", "non-trainable", "--filter", "bias", "--exclude", "adam"],
    ):
        assert shown(*options) == paths(run, *options)


def test_show_finds_a_variable_among_those_that_are_chosen(run: Run) -> None:
    assert_two_line_error(run("show", CNN, "conv2d/kernel", "--only", "trainable"), saying="no variable")
    found = json.loads(run("show", CNN, "*kernel", "--only", "trainable", "--filter", "dense", "--json").stdout)
    assert found["path"] == "dense/kernel"


def test_what_loading_finds_is_chosen_alike(run: Run) -> None:
    def into(*options: str) -> list[tuple[str, str]]:
        document = json.loads(run("check", SICK, "--into", CNN, "--json", *options).stdout)
        assert len(document["load"]["assignments"]) == 13, "the plan is whole whatever is listed"
        return [(one["rule"], one["variable"]) for one in document["findings"]]

    everything = into()
    assert len(everything) == 16
    assert into("--filter", "dense") == [one for one in everything if "dense" in one[1]]
    assert into("--exclude", "*conv2d*", "--exclude", "bias") == [
        one for one in everything if "conv2d" not in one[1] and not one[1].endswith("bias")
    ]
    assert into("--top", "2") == everything[:2]
    result = run("check", SICK, "--into", CNN, "--plan", "--filter", "dense", "--filter", "xyz", "--top", "1")
    rows = [line.split()[:2] for line in result.stdout.splitlines() if line.endswith(")") and "raises" not in line]
    assert rows[:2] == [["hidden/kernel", "dense/kernel"], ["-", "dense/bias"]]
    assert result.stderr == (f"note: {SICK}: 1 more findings (--top 1)\nnote: --filter xyz matches nothing\n")


@pytest.mark.parametrize("option", [["--only", "trainable"], ["--optimizer"]])
@pytest.mark.parametrize("how", [["--into", CNN], ["--live"]])
def test_what_loading_does_not_depend_on_is_refused(option: list[str], how: list[Any], run: Run) -> None:
    assert_two_line_error(
        run("check", SICK, *how, *option), saying=f"{option[0]}: what is loaded does not depend on it"
    )


def test_show_lists_the_variables_of_the_optimizer_when_asked(run: Run) -> None:
    def listed(*options: str) -> list[str]:
        document = json.loads(run("show", CNN, "--json", *options).stdout)
        return [one["path"] for one in document["variables"]]

    assert listed() == paths(run)
    assert listed("--optimizer") == paths(run, "--optimizer")
    for options in ([], ["--optimizer"]):
        closeup = json.loads(run("show", CNN, "adam/dense/kernel/momentum", "--json", *options).stdout)
        assert closeup["role"] == "optimizer"


@pytest.mark.parametrize(
    "command",
    [
        ["inspect", CNN],
        ["show", CNN],
        ["show", CNN, "dense/bias"],
        ["check", SICK],
        ["check", SICK, "--into", CNN],
        ["diff", CNN, SICK],
        ["layer", "CustomDense", "--input-shape", "1,4"],
        ["layers"],
    ],
    ids=lambda one: " ".join(Path(word).name for word in one),
)
def test_the_end_of_the_file_chooses_the_format_in_every_command(command: list[Any], run: Run, tmp_path: Path) -> None:
    for end, name in ((".csv", "csv"), (".jsonl", "jsonl"), (".md", "markdown")):
        file = tmp_path / f"out{end}"
        result = run(*command, "-o", file)
        assert (result.exit_code in (0, 1), result.stdout) == (True, "")
        if (command[0], end) != ("show", ".csv") or len(command) == 2:  # a file of the values of one variable
            assert file.read_text() == run(*command, "--format", name).stdout
    assert_two_line_error(run(*command, "-o", tmp_path / "out.xyz"), hinting="end it in .json, .jsonl, .csv, .md")
