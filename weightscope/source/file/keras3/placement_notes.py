"""What readers note, in words."""

from __future__ import annotations

from collections.abc import Sequence

from weightscope.inspection import Finding
from weightscope.keras_facts.records import Weight
from weightscope.source.escape import escape

NO_ARCHITECTURE = Finding(
    "weights-only",
    "note",
    "a weights-only file without an architecture: trainability is not stored in this file",
)


def unbuilt_note(notes: Sequence[Finding], *, is_built: bool) -> Sequence[Finding]:
    """Returns `notes`, or in their place the one that explains them all: the file holds no variable.

    Args:
        notes: What was found where variables were expected.
        is_built: Whether the file holds a variable, or its config says of a layer with variables that it was built.
    """
    if is_built or not notes:
        return notes
    message = "the file holds no variables: the model was saved before it was built; --input-shape builds it"
    return (Finding("unbuilt-model", "note", message),)


def unknown_class_note(class_name: str, path: str) -> Finding:
    """Returns a note on a layer, or on the whole model where `path` is empty, of a class that is not Keras'."""
    message = (
        f"{class_name} is not a class of Keras: names and trainability of what it made itself are unknown"
        " (--module FILE.py --live asks Keras)"
    )
    return Finding("unknown-layer-class", "note", f"{path}: {message}" if path else message)


def count_note(what: str, path: str) -> Finding:
    """Returns a note on a layer with more or fewer variables in the file than its class has."""
    message = f"{path}: {what}; names and trainability of its own variables are unknown"
    return Finding("variable-count-mismatch", "warning", message)


def lora_note(declared: Sequence[Weight], path: str) -> Finding:
    """Returns a note on the layer at `path`, which has LoRA in a file that is not a legacy one.

    Source: `load_own_variables` of the layers that have LoRA, Keras 3.15.1.
    """
    a, b = (one.name for one in declared if one.legacy_only)
    merged = next(one.name for one in declared if one.frozen)
    message = (
        f"LoRA is merged into it: the factors {a} and {b} are not in the file. Keras sets both to zeros when it loads"
        " the model, where neither gets a gradient: LoRA cannot be trained on"
    )
    fix = f"to train LoRA on, first: layer.{a}.assign(keras.initializers.HeUniform()(layer.{a}.shape))"
    return Finding("lora-not-in-file", "note", message, f"{path}/{merged}" if path else merged, fix=fix)


def outside_note(paths: Sequence[str]) -> tuple[Finding, ...]:
    """Returns a note on datasets that belong to no layer, where there are any."""
    if not paths:
        return ()
    others = f" and {len(paths) - 1} more" * (len(paths) > 1)
    return (Finding("foreign-datasets", "note", f"not listed, because no layer owns it: {paths[0]}{others}"),)


#: How many places of bytecode a note names.
_MOST_PLACES = 5


def bytecode_note(places: Sequence[str]) -> tuple[Finding, ...]:
    """Returns a note on Python bytecode in a config, where there is some; `places` are the layers that hold it."""
    if not places:
        return ()
    message = "the config holds Python bytecode, which loading the model would run; it was not run"
    if len(places) == 1:
        return (Finding("lambda-bytecode", "warning", message, places[0] or None),)
    named = [escape(place) for place in places if place][:_MOST_PLACES]
    more = f" and {len(places) - len(named):,} more" if len(places) > len(named) else ""
    return (Finding("lambda-bytecode", "warning", f"{message} ({', '.join(named)}{more})"),)
