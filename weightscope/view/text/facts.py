"""The facts about a model as lines of text: format, sizes, versions, how it was read."""

from __future__ import annotations

from collections.abc import Iterator

from weightscope.inspection import Inspection, Signature, SourceInfo, TensorInfo
from weightscope.inspection.file_format import FORMAT_WORDS
from weightscope.view.text import words

#: Names that a line of the header lists.
_MOST_NAMES = 20

#: Characters of a name, a loss or an optimizer in the header.
_LONGEST_TEXT = 500


def title(inspection: Inspection) -> str:
    """Returns the class and the name of a model; empty if neither is known."""
    model = inspection.model
    return " ".join(words.escape(part) for part in (model.class_name, f'"{model.name}"' if model.name else "") if part)


def source_facts(source: SourceInfo) -> tuple[str, ...]:
    """Returns what is known of a file: format, size, the Keras that wrote it, when."""
    facts = (
        FORMAT_WORDS.get(source.format, source.format),
        words.size(source.bytes) if source.bytes is not None else "",
        f"Keras {source.keras_version}" if source.keras_version else "",
        f"TensorFlow {source.tensorflow_version}" if source.tensorflow_version else "",
        f"{source.backend} backend" if source.backend else "",
        f"saved {source.saved_at}" if source.saved_at else "",
        f"{words.size(source.remote.bytes_read)} fetched" if source.remote else "",
    )
    return tuple(fact for fact in facts if fact)


def model_facts(inspection: Inspection) -> Iterator[tuple[str, ...]]:
    """Yields the facts of each line: what the file is, how it was read, how it was compiled, what loading it needs."""
    source, model = inspection.source, inspection.model
    yield (*source_facts(source), _how(inspection))
    compiled = (_sizes(inspection), f"loss {_short(model.loss)}" if model.loss else "")
    if any(compiled):
        yield tuple(filter(None, compiled))
    if model.custom_objects:
        yield (f"loading it needs custom objects: {_some(model.custom_objects)}",)


def _some(names: tuple[str, ...]) -> str:
    """Returns the first names and the number of the others: a longer list is unreadable on a terminal."""
    rest = len(names) - _MOST_NAMES
    return ", ".join(map(_short, names[:_MOST_NAMES])) + (f" and {rest:,} more" if rest > 0 else "")


def _short(text: str) -> str:
    """Returns a text from the file, the end of a very long one left out: JSON has it whole."""
    return text if len(text) <= _LONGEST_TEXT else f"{text[:_LONGEST_TEXT]}..."


def _sizes(inspection: Inspection) -> str:
    totals, optimizer = inspection.totals, inspection.model.optimizer
    if totals.optimizer_bytes is None and optimizer is None:
        return ""
    stored = words.size(totals.optimizer_bytes) if totals.optimizer_bytes else "not in the file"
    return f"weights {words.size(totals.bytes)}, optimizer{f' ({_short(optimizer)})' if optimizer else ''} {stored}"


def _how(inspection: Inspection) -> str:
    if inspection.read_with == "file":
        return "read from the file, nothing was run"
    return {"layer": "built with Keras", "saved-model": "loaded with TensorFlow"}.get(
        inspection.source.format, "loaded with Keras"
    )


def signature_line(signature: Signature, arrow: str) -> str:
    """Returns what a function of a SavedModel takes and returns."""
    sides = (", ".join(map(tensor_text, side)) or "nothing" for side in (signature.inputs, signature.outputs))
    tags = f" [{', '.join(map(words.escape, signature.tags))}]" if signature.tags not in ((), ("serve",)) else ""
    return f"{words.escape(signature.name)}{tags} {f' {arrow} '.join(sides)}"


def tensor_text(tensor: TensorInfo) -> str:
    """Returns the name, shape and dtype of an input or output."""
    name = f"{words.escape(tensor.name)} " if tensor.name else ""
    shape = "of any shape" if tensor.shape is None else words.shape(tensor.shape)
    return f"{name}{shape} {words.escape(tensor.dtype)}"
