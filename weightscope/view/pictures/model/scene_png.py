"""Draws a scene as PNG. Needs matplotlib."""

from __future__ import annotations

import io
from typing import Any

from weightscope.view.pictures.model.scene import Box, Label, Scene
from weightscope.view.pictures.printable import printable

#: Pixels of a scene in an inch, and of the file: twice as many, for screens that have them.
_PIXELS, _DOTS = 100, 150

_POINTS_PER_PIXEL = 72 / _PIXELS


def png_of(scene: Scene) -> bytes:
    """Returns the scene as a PNG file, on white. No display is needed."""
    import matplotlib.style
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    with matplotlib.style.context("default"):  # a picture does not depend on who draws it
        figure = Figure(figsize=(scene.width / _PIXELS, scene.height / _PIXELS))
        FigureCanvasAgg(figure)
        axes: Any = figure.add_axes((0, 0, 1, 1))
        axes.set_axis_off()
        axes.set_xlim(0, scene.width)
        axes.set_ylim(scene.height, 0)
        for order, shape in enumerate(scene.shapes):
            _draw(axes, shape, order)
        drawn = io.BytesIO()
        figure.savefig(drawn, format="png", dpi=_DOTS)
        return drawn.getvalue()


def _draw(axes: Any, shape: Box | Label, order: int) -> None:
    from matplotlib.patches import Rectangle

    if isinstance(shape, Box):
        corner = (shape.x, shape.y)
        axes.add_patch(Rectangle(corner, shape.width, shape.height, color=shape.color, linewidth=0, zorder=order))
        return
    align = {"start": "left", "middle": "center", "end": "right"}[shape.anchor]
    look = {
        "color": shape.color,
        "fontsize": shape.size * _POINTS_PER_PIXEL,
        "fontweight": "bold" if shape.is_bold else "normal",
        "family": "monospace",
    }
    words = printable(shape.words, "monospace")
    axes.text(shape.x, shape.y, words, ha=align, va="baseline", zorder=order, parse_math=False, **look)
