"""What goes wrong while a layer is examined becomes a finding: the listing is there all the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Run, parse_documents

HOSTILE = '''
import keras

class UnprintableError(Exception):
    def __str__(self):
        raise SystemExit(0)
    __repr__ = __str__

class Kernel(keras.layers.Layer):
    def build(self, input_shape):
        self.kernel = self.add_weight(shape=(input_shape[-1],), name="kernel")
    def call(self, inputs):
        return inputs * self.kernel

class Unprintable(Kernel):
    def call(self, inputs):
        raise UnprintableError()

class WithoutSignature(Kernel):
    """Python knows no signature of max, which an examination asks for."""
    compute_output_shape = max
'''


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    path = tmp_path / "hostile.py"
    path.write_text(HOSTILE, encoding="utf-8")
    return path


def test_an_exception_that_cannot_be_printed_is_named_by_its_class(hostile: Path, run: Run) -> None:
    result = run("layer", f"{hostile}:Unprintable", "--input-shape", "2,3", "--doctor")
    assert result.exit_code == 1
    assert "unprintable/kernel" in result.stdout
    assert "UnprintableError: (its message cannot be printed" in result.stderr


def test_a_layer_built_from_shapes_alone_is_examined_without_values(run: Run) -> None:
    arguments = ("--arg", "units=3", "--input-shape", "2,4", "--symbolic", "--doctor", "--json")
    result = run("layer", "Dense", *arguments)
    assert result.exit_code == 0, result.output
    (document,) = parse_documents(result.stdout)
    assert [one["shape"] for one in document["variables"]] == [[4, 3], [3]]
    assert [(note["code"], note["level"]) for note in document["notes"]] == [("not-examined", "note")]


def test_an_examination_that_fails_is_a_finding_and_its_traceback_is_shown_to_debug(hostile: Path, run: Run) -> None:
    arguments = ("layer", f"{hostile}:WithoutSignature", "--input-shape", "2,3", "--doctor", "--strict")
    plain, debugged = run(*arguments), run(*arguments, "--debug")
    for result in (plain, debugged):
        assert result.exit_code == 1
        assert "without_signature/kernel" in result.stdout
        assert "the examination 'announced shape' failed: ValueError: no signature found" in result.stdout
    assert "Traceback" not in plain.stderr
    assert "Traceback" in debugged.stderr
