"""Draws the whole model into a file."""

from __future__ import annotations

from pathlib import Path

from weightscope.inspection.measured import Listing
from weightscope.view.pictures.model.layout import model_scene
from weightscope.view.pictures.model.scene_svg import svg_of
from weightscope.view.pictures.picture_file import check_model_picture


def draw_model(listing: Listing, file: str | Path) -> bytes:
    """Returns a picture of the listed variables, which have statistics, as the file's contents.

    Args:
        listing: What to draw.
        file: The end of its name decides the format; nothing is written.

    Raises:
        UsageError: The name's end is unknown.
        WeightscopeError: matplotlib is needed, and not installed.
    """
    check_model_picture(file)
    scene = model_scene(listing)
    if Path(file).suffix.lower() == ".svg":
        return svg_of(scene)
    from weightscope.view.pictures.model.scene_png import png_of

    return png_of(scene)
