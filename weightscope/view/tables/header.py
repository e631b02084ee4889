"""The header above the tables of a model."""

from __future__ import annotations

from rich.text import Text

from weightscope.inspection import Inspection
from weightscope.view import text as words
from weightscope.view.facts import model_facts, signature_line, tensor_text, title
from weightscope.view.glyphs import Glyphs


def header(inspection: Inspection, glyphs: Glyphs) -> Text:
    """Returns some lines: what it is, where from, how large, how it was read, what went in and came out."""
    what = title(inspection)
    lines = [Text.assemble((words.escape(inspection.source.location), "bold"), f"  {what}" if what else "")]
    lines += [Text(words.escape(line), style="dim") for line in model_facts(inspection, f" {glyphs.dot} ")]
    for signature in inspection.signatures:
        lines.append(Text(f"signature {signature_line(signature, glyphs.arrow)}", style="dim"))
    if inspection.forward_pass is not None:
        passed = inspection.forward_pass
        came = ", ".join(map(tensor_text, passed.outputs)) or ("failed" if passed.error else "nothing")
        lines.append(
            Text(f"forward pass {', '.join(map(tensor_text, passed.inputs))} {glyphs.arrow} {came}", style="dim")
        )
    return Text("\n").join(lines)
