"""The header above the tables of a model."""

from __future__ import annotations

from collections.abc import Iterator

from weightscope.inspection import Inspection
from weightscope.view.text import words
from weightscope.view.text.facts import model_facts, signature_line, tensor_text, title
from weightscope.view.text.folding import Folded, Packed, packed
from weightscope.view.text.glyphs import Glyphs

#: How much further in the lines are that a long line goes on in.
_FURTHER = 4


def header(inspection: Inspection, glyphs: Glyphs) -> Iterator[Packed | Folded]:
    """Yields some lines: what it is, where from, how large, how it was read, what went in and came out."""
    what = title(inspection)
    yield Packed([((words.escape(inspection.source.location), "bold"),), *([((what, ""),)] if what else [])])
    for facts in model_facts(inspection):
        yield packed(map(words.escape, facts), f" {glyphs.dot} ")
    for signature in inspection.signatures:
        yield Folded(((f"signature {signature_line(signature, glyphs.arrow)}", "dim"),), hanging=_FURTHER)
    if inspection.forward_pass is not None:
        passed = inspection.forward_pass
        came = ", ".join(map(tensor_text, passed.outputs)) or ("failed" if passed.error else "nothing")
        line = f"forward pass {', '.join(map(tensor_text, passed.inputs))} {glyphs.arrow} {came}"
        yield Folded(((line, "dim"),), hanging=_FURTHER)
