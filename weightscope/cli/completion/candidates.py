"""What may stand for a value on the command line, by kind; given to options and arguments as `shell_complete`.

Each function is called by click with the context of what was typed so far, the parameter, and the incomplete word. It
imports what it needs when it is called, and returns nothing where a file cannot be read: completion shows no errors.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import click

from weightscope.errors import WeightscopeError
from weightscope.source.bytes.location import is_far

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

Items = list["CompletionItem"]


def files(_context: click.Context, _parameter: click.Parameter, _incomplete: str) -> Items:
    """Returns what makes the shell complete file names."""
    from click.shell_completion import CompletionItem

    return [CompletionItem("", "file")]


def rules(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> Items:
    """Returns the rules of `check`, as the last of a list with commas."""
    from weightscope.measure.check.rules import RULES

    listed, comma, last = incomplete.rpartition(",")
    names = {f"{listed}{comma}{rule.id}": rule.name for rule in RULES.values() if rule.id not in listed.split(",")}
    return _beginning(names, f"{listed}{comma}{last}")


def limits(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> Items:
    """Returns the rules that have a limit, with the sign before its number."""
    from weightscope.measure.check.rules import LIMITS

    return _beginning([f"{rule}=" for rule in LIMITS], incomplete)


def sort_keys(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> Items:
    """Returns what `--sort` takes where variables are listed."""
    from weightscope.inspection.statistics import STATISTICS
    from weightscope.measure.listing.choice import SORT

    return _beginning([*SORT, *STATISTICS], incomplete)


def difference_sort_keys(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> Items:
    """Returns what `--sort` takes where differences are listed."""
    from weightscope.measure.compare.settings import SORT

    return _beginning(SORT, incomplete)


def layers(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> Items:
    """Returns the names of the layers of Keras, and of those that installed packages register."""
    from importlib import metadata

    from weightscope.keras_facts.constructors import ARGUMENTS
    from weightscope.source.layer_names import ENTRY_POINT_GROUP

    registered = {one.name: "registered" for one in metadata.entry_points(group=ENTRY_POINT_GROUP)}
    of_keras = {name: "Keras" for module, name in ARGUMENTS if module == "keras.layers"}
    return _beginning({**registered, **of_keras}, incomplete)


def layers_and_files(context: click.Context, parameter: click.Parameter, incomplete: str) -> Items:
    """Returns the names of layers where one begins as the word does, and what makes the shell complete file names."""
    return [*(layers(context, parameter, incomplete) if incomplete else []), *files(context, parameter, incomplete)]


def layer_arguments(context: click.Context, _parameter: click.Parameter, incomplete: str) -> Items:
    """Returns the arguments of the layer of Keras that is named on the line."""
    from weightscope.keras_facts.constructors import ARGUMENTS

    arguments = ARGUMENTS.get(("keras.layers", _typed(context).get("name") or ""))
    return _beginning([f"{name}=" for name in sorted(arguments or ())], incomplete)


def variables(context: click.Context, _parameter: click.Parameter, incomplete: str) -> Items:
    """Returns the paths of the variables of the models on the line."""
    return _beginning(_paths(context), incomplete)


def patterns(context: click.Context, parameter: click.Parameter, incomplete: str) -> Items:
    """Returns the parts of the paths of variables, or, after a `/`, whole paths; for `layers`, names of layers."""
    if context.info_name == "layers":
        return layers(context, parameter, incomplete)
    if "/" in incomplete:
        return variables(context, parameter, incomplete)
    return _beginning(dict.fromkeys(part for path in _paths(context) for part in path.split("/")), incomplete)


def _paths(context: click.Context) -> list[str]:
    """Returns the paths of all variables of the models that were typed before the cursor."""
    from weightscope import api

    typed = _typed(context)
    given = typed.get("models") or [typed.get(name) for name in ("model", "a", "b")]
    found: dict[str, None] = {}
    for model in given:
        try:
            # completing asks no server
            inspection = api.inspect_model(model, optimizer=True) if model and not is_far(model) else None
        except WeightscopeError:
            continue
        if inspection is not None:
            found.update((variable.info.path, None) for variable in inspection.all_variables)
    return list(found)


def _typed(context: click.Context) -> dict[str, Any]:
    """Returns the values that stand on the line already; click loses the arguments before an option without value."""
    words: list[str] = context.find_root().obj[1:]
    if words and words[-1].startswith("-"):
        words = words[:-1]
    return context.command.make_context(context.info_name, list(words), resilient_parsing=True).params


def _beginning(names: Iterable[str], incomplete: str) -> Items:
    """Returns the names that begin with `incomplete`; if none does, those that begin with it in another case."""
    from click.shell_completion import CompletionItem

    helps = names if isinstance(names, dict) else dict.fromkeys(names, "")
    exact = [name for name in helps if name.startswith(incomplete)]
    near = exact or [name for name in helps if name.lower().startswith(incomplete.lower())]
    return [CompletionItem(name, help=helps[name]) for name in near]
