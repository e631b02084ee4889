"""Interactive shells complete the command line, with what is peculiar to shells: files, quotes, `=`, `:`, no space."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.cli.completion.shells import interactive
from tests.conftest import SAMPLES


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_completes_what_may_stand_at_the_cursor(shell: str, tmp_path: Path) -> None:
    shutil.copy(SAMPLES / "cnn_frozen_batchnorm.keras", tmp_path / "cnn.keras")
    shutil.copy(SAMPLES / "cnn_frozen_batchnorm.keras", tmp_path / "my model.keras")
    (tmp_path / "my_layers.py").touch()
    with interactive(shell, tmp_path) as started:

        def last(line: str) -> str:
            return started.completed(line)[-1]

        assert started.completed("weightscope insp") == ["weightscope", "inspect"]
        assert started.completed("weightscope insp cn") == ["weightscope", "insp", "cn"]  # there is no such command
        assert last("weightscope inspect cn") == "cnn.keras"
        assert last("weightscope diff cnn.keras my\\ ") == "my model.keras"
        assert last("weightscope inspect --format=mark") == "--format=markdown"
        assert last("weightscope check --select nan-values,untrained-b") == "nan-values,untrained-batchnorm"
        assert last("weightscope show 'my model.keras' dense/k") == "dense/kernel"
        assert last("weightscope layer my_l") == "my_layers.py"
        assert last("weightscope layer CustomConv") == "CustomConv2D"
        assert last("weightscope layer Dense --arg unit") == "units="
