"""The command line is a client of the API: what one can do, the other can.

Each option of a command is a parameter of the functions that the command calls, or it is about printing and processes.
Each parameter is an option, or it has a meaning in Python only.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

import pytest

from weightscope import api
from weightscope.cli.command_list import COMMANDS, command_of
from weightscope.measure.compare.settings import Tolerance

#: Options of every command: what is printed where, and how the process runs.
OF_PROCESSES = {"output_file", "force", "format_name", "color", "no_pager", "debug", "gpu", "timeout", "download"}

#: Parameters that a function has for each model or result that is handed on to it, and for the progress bar.
OF_PYTHON = {"inspection", "show_progress"}

#: The records that parameters and their fields are made of; their fields count as parameters.
RECORDS = {
    "CheckSettings": api.CheckSettings,
    "Choice": api.Choice,
    "CompareSettings": api.CompareSettings,
    "ExportOptions": api.ExportOptions,
    "RowOptions": api.RowOptions,
    "TrendSettings": api.TrendSettings,
    "Tolerance": Tolerance,
    "VariableFilter": api.VariableFilter,
}


@dataclass(frozen=True)
class Client:
    """A command that calls the API.

    Attributes:
        calls: The functions that it calls, and records that it makes for them.
        renamed: The parameters of options with another name.
        of_printing: Options about what is printed, and the exit code.
        of_python: Parameters with a meaning in Python only.
    """

    calls: tuple[Any, ...]
    renamed: dict[str, str]
    of_printing: frozenset[str] = frozenset()
    of_python: frozenset[str] = frozenset()


LOADED = {"inputs": "input_shape", "unsafe": "safe_mode"}

#: A new command stands here with the functions that it calls.
CLIENTS = {
    "inspect": Client(
        (api.inspect_model, api.list_variables),
        {**LOADED, "models": "path"},
        of_python=frozenset({"verbose"}),  # when a variable was created: only layers know
    ),
    "show": Client(
        (api.inspect_model, api.VariableFilter, api.close_up),
        {**LOADED, "model": "path", "name": "variable"},
        of_printing=frozenset({"heat", "log", "pool", "sort", "top"}),
    ),
    "check": Client(
        (api.check_weights, api.check_load, api.check_loading),
        {**LOADED, "models": "model", "into": "target"},
        of_printing=frozenset({"fail_on", "lists_rules", "explain", "plan", "top", "verbose"})
        | {"live", "arguments"},  # which of the functions is called, and the call of the target's code
        of_python=frozenset({"path", "weights"}),  # the model by other names
    ),
    "diff": Client(
        (api.inspect_model, api.compare_weights),
        {**LOADED, "rtol": "relative", "atol": "absolute", "by": "by_layer", "only_changed": "include_equal"},
        of_python=frozenset({"path"}),
    ),
    "layer": Client(
        (api.inspect_layer, api.list_variables),
        {**LOADED, "name": "layer"},
        of_printing=frozenset({"spec_file", "strict"}),
        of_python=frozenset({"fresh_process", "layout", "fingerprint"}),  # a layer's initial values are new each time
    ),
    "export": Client((api.export,), {"no_optimizer": "optimizer"}, of_python=frozenset({"force"})),
    "id": Client((api.fingerprint,), {"models": "model"}),
    "lock": Client((api.fingerprint,), {"models": "model"}),
    "verify": Client((api.verify_model,), {"files": "model"}, of_python=frozenset({"locked"})),  # of the lock file
    "report": Client(
        (api.inspect_model, api.report_model, api.report_difference),
        {**LOADED, "model": "path", "model_b": "b"},
        of_printing=frozenset({"opens"}),
        of_python=frozenset({"a"})  # the first model by another name
        | {"select", "ignore", "limits"}  # the table of pyproject.toml has them
        | {"match", "relative", "absolute", "frozen", "by_layer", "include_equal", "sort", "top"},  # the page has all
    ),
    "scan": Client(
        (api.scan,),
        {},
        of_printing=frozenset({"resume"}),  # of a file that is written
        of_python=frozenset({"timeout"}),  # an option of processes
    ),
    "trend": Client(
        (api.trend,),
        {},
        of_printing=frozenset({"tensorboard"}),
    ),
    "layers": Client(
        (api.known_layers,),
        {},
        of_printing=frozenset({"filters", "exclude", "top"}),
    ),
}

#: Commands that read no model.
OTHERS = {"completion", "schema"}


def names_in(call: Callable[..., Any]) -> Iterator[str]:
    """Yields the parameters of a function, or the fields of a record, with records among them taken apart."""
    if is_dataclass(call):
        of = {field.name: str(field.type) for field in fields(call)}
    else:
        of = {name: str(one.annotation) for name, one in inspect.signature(call).parameters.items()}
    for name, annotation in of.items():
        records = [RECORDS[word] for word in re.findall(r"\w+", annotation) if word in RECORDS]
        if records:
            yield from names_in(records[0])
        else:
            yield name


def test_every_command_is_listed_with_the_functions_that_it_calls() -> None:
    assert COMMANDS.keys() == CLIENTS.keys() | OTHERS


@pytest.mark.parametrize("name", CLIENTS)
def test_the_options_of_a_command_are_the_parameters_of_its_functions(name: str) -> None:
    client = CLIENTS[name]
    command = command_of(name)
    of_command = {str(one.name) for one in command.params} - OF_PROCESSES - client.of_printing
    options = {client.renamed.get(one, one) for one in of_command}
    parameters = {one for call in client.calls for one in names_in(call)} - OF_PYTHON - client.of_python
    assert options - parameters == set(), "options that no function of the API takes"
    assert parameters - options == set(), "parameters of the API that the command has no option for"
