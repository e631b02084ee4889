"""The files that pictures are written to: which names they may have, and what draws them."""

from __future__ import annotations

from pathlib import Path

from weightscope.errors import UsageError, WeightscopeError

#: What a file may be, by the end of its name.
PICTURES = (".png", ".svg")

_INSTALL = "pip install matplotlib, or in a clone of weightscope: pip install '.[plots]'"


def check_picture(file: str | Path, *, with_library: bool = True) -> None:
    """Checks, before any work is done, that a picture can be written to a file of this name.

    Args:
        file: The file.
        with_library: Whether matplotlib draws it.

    Raises:
        UsageError: The name ends in none of `PICTURES`.
        WeightscopeError: matplotlib is not installed.
    """
    if Path(file).suffix.lower() not in PICTURES:
        raise UsageError(str(file), "a picture ends in .png or .svg", f"{Path(file).stem or 'picture'}.png")
    if not with_library:
        return
    try:
        import matplotlib  # noqa: F401 only whether it is there
    except ImportError as error:
        raise WeightscopeError(str(file), "matplotlib, which draws pictures, is not installed", _INSTALL) from error


def check_model_picture(file: str | Path) -> None:
    """Checks, before any work is done, that a picture of a model can be written to a file of this name.

    Raises:
        UsageError: The name ends in none of `PICTURES`.
        WeightscopeError: It ends in .png, and matplotlib, which draws these, is not installed.
    """
    check_picture(file, with_library=Path(file).suffix.lower() == ".png")
