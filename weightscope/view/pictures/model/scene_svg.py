"""Writes a scene as SVG: without scripts, links or fonts from elsewhere."""

from __future__ import annotations

import html

from weightscope.view.pictures.model.scene import Box, Label, Scene

_FONT = "DejaVu Sans Mono, Menlo, Consolas, monospace"


def svg_of(scene: Scene) -> bytes:
    """Returns the scene as an SVG file, on white."""
    size = f'width="{scene.width}" height="{scene.height}" viewBox="0 0 {scene.width} {scene.height}"'
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="{_FONT}" xml:space="preserve">',
        f'<rect width="{scene.width}" height="{scene.height}" fill="#ffffff"/>',
        *(_box(shape) if isinstance(shape, Box) else _label(shape) for shape in scene.shapes),
        "</svg>\n",
    ]
    return "\n".join(lines).encode("utf-8")


def _box(box: Box) -> str:
    start = (
        f'<rect x="{box.x:.2f}" y="{box.y:.2f}" width="{box.width:.2f}" height="{box.height:.2f}" fill="{box.color}"'
    )
    return f"{start}><title>{_text(box.tip)}</title></rect>" if box.tip else f"{start}/>"


def _label(label: Label) -> str:
    weight = ' font-weight="bold"' if label.is_bold else ""
    place = f'x="{label.x:.2f}" y="{label.y:.2f}" font-size="{label.size:g}" text-anchor="{label.anchor}"'
    return f'<text {place} fill="{label.color}"{weight}>{_text(label.words)}</text>'


def _text(words: str) -> str:
    """Returns a text that XML may hold: two characters that it forbids are no control characters."""
    return html.escape(words).replace("\ufffe", "\\ufffe").replace("\uffff", "\\uffff")
