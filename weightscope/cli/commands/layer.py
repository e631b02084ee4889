"""`weightscope layer NAME --input-shape SHAPE`."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import click

from weightscope import api
from weightscope.cli.command import Command, option
from weightscope.cli.completion import candidates
from weightscope.cli.failure import DONE, FOUND, print_line, report_error
from weightscope.cli.layer_suggestions import check_is_a_name
from weightscope.cli.live import LEGACY_KERAS, input_shape_option, live_options, live_while, module_option
from weightscope.cli.notes import print_notes
from weightscope.cli.options import (
    choice_asked_for,
    choice_options,
    output_options,
    report_unmatched,
)
from weightscope.cli.output import Output
from weightscope.cli.progress import progress_while
from weightscope.errors import LayerError, UsageError
from weightscope.source.advice import advice_for
from weightscope.source.arguments import parse_argument
from weightscope.source.layer_names import split_name
from weightscope.source.spec import LayerSpec, read_spec

EXAMPLES = (
    "weightscope layer CustomConv2D --input-shape 1,28,28,3",
    "weightscope layer Dense --arg units=10 --input-shape 1,128",
    "weightscope layer Bidirectional --arg 'layer=LSTM(units=3)' --input-shape 1,5,2",
    "weightscope layer MultiHeadAttention --arg num_heads=2 --arg key_dim=4 \\",
    "  --input-shape query=1,4,8 --input-shape value=1,6,8",
    "weightscope layer my_models.py                                # lists what a file offers",
    "weightscope layer my_models.py:build_model --arg classes=5    # a function that returns a model",
    "weightscope layer notebook.ipynb:MyLayer --input-shape 1,16",
    "weightscope layer my_layers.py:MyCell --arg units=4 --input-shape inputs=2,8 --input-shape states=[2,4]",
    "weightscope layer my_layers.py:Tagger --input-shape ids=2,3:int32 --input-shape mask=2,3:bool",
    "weightscope layer --spec layer.json",
    "weightscope layer my_layers.py:MyLayer --input-shape 1,16 --doctor --strict",
)


LAYER = "The layer"
DOCTOR = "The layer doctor"


@click.command(cls=Command, examples=EXAMPLES, found="It was built only in part, or --strict found something.")
@click.argument("name", required=False, shell_complete=candidates.layers_and_files)
@option(
    LAYER,
    "--arg",
    "arguments",
    metavar="NAME=VALUE",
    shell_complete=candidates.layer_arguments,
    multiple=True,
    help="Construct the layer, or call the function, with this argument. Repeatable.",
)
@input_shape_option(LAYER)
@option(
    LAYER,
    "--input-dtype",
    metavar="DTYPE",
    help="Make dummy inputs of this dtype.  [default: float32]",
)
@option(
    LAYER,
    "--spec",
    "spec_file",
    metavar="FILE",
    shell_complete=candidates.files,
    help="Read a JSON spec of the layer; - is standard input.",
)
@option(
    LAYER,
    "--seed",
    type=click.IntRange(0, 2**32 - 1),
    default=0,
    show_default=True,
    help="Make initial values and dummy inputs from this seed.",
)
@option(LAYER, "--training", is_flag=True, help="Call the layer in training mode.")
@option(LAYER, "--symbolic", is_flag=True, help="Build a layer that is too large to run, with shapes and no values.")
@option(LAYER, "--dtype-policy", metavar="POLICY", help="Build with this dtype policy: mixed_float16, bfloat16, ...")
@option(DOCTOR, "--doctor", is_flag=True, help="Find what may go wrong in training, saving and loading.")
@option(DOCTOR, "--gradients", is_flag=True, help="Show which variables a loss on the outputs would train.")
@option(DOCTOR, "--strict", is_flag=True, help="End with exit code 1 if a finding is a warning or worse.")
@option(DOCTOR, "--verbose", is_flag=True, help="Show whether constructor, build or call created each variable.")
@choice_options
@output_options
@module_option
@live_options
def command(name: str | None, **options: Any) -> int:
    """Build one layer or model, run a dummy forward pass so that its build() happens, and list what it made.

    NAME is a registered layer, a layer of Keras, package.module:NAME, file.py:NAME or notebook.ipynb:NAME, where the
    last NAME is a layer, a model, the class of one, or a function that returns one. A file alone is listed.
    """
    if name:
        check_is_a_name(name, click.get_current_context().find_root().obj)
    place, own = split_name(name) if name else ("", None)
    output = Output.asked_for(options, *([place or name] if name else []))
    choice = choice_asked_for(options)
    if place and own is None:
        return _list_offers(place, output, options)
    spec = _spec(name, options)
    if options["symbolic"] and choice.statistics:
        raise UsageError("--stats", "with --symbolic there are no values", "leave one of them out")
    _note_constants(dict(map(parse_argument, options["arguments"])))
    with live_while(spec.name, f"Building {spec.name} with Keras", options) as overruled:
        inspection = api.inspect_layer(spec, **{name: options[name] for name in _HOW})
        if (inspection.source.keras_version or "").startswith("2."):
            overruled.pop(LEGACY_KERAS, None)  # the module's tf.keras is tf_keras, as the variable asks
    listing = api.list_variables(inspection, choice, show_progress=partial(progress_while, f"Reading {spec.name}"))
    output.write(output.format.inspections([listing], output.surface))
    report_unmatched(options, [variable.info.path for variable in inspection.variables])
    if output.format_name not in _FORMATS_WITH_FINDINGS:
        print_notes(inspection)
    error = inspection.forward_pass.error if inspection.forward_pass else None
    if error is None:
        is_sick = any(note.level != "note" for note in inspection.notes)
        return FOUND if options["strict"] and is_sick else DONE
    hint = advice_for(error) or "the variables listed are those that were made until then"
    report_error(LayerError(spec.name, f"the forward pass failed: {error}", hint))
    return FOUND


def _list_offers(place: str, output: Output, options: dict[str, Any]) -> int:
    with live_while(place, f"Importing {place}", options):
        entries = api.offered_layers(place)
    output.write([output.format.known_layers(entries, output.surface)])
    return DONE


#: What Python writes for the constants of JSON: as an argument it is text, which counts as true.
_CONSTANTS = {"True": "true", "False": "false", "None": "null"}


def _note_constants(arguments: Mapping[str, Any]) -> None:
    """Notes on stderr each argument that was written as Python writes a constant."""
    for name, value in arguments.items():
        if isinstance(value, str) and value in _CONSTANTS:
            print_line("note", f"--arg {name}={value} is text; the constant is --arg {name}={_CONSTANTS[value]}")


#: Options of the same name in `api.inspect_layer`.
_HOW = ("seed", "training", "symbolic", "dtype_policy", "gradients", "doctor", "modules")

#: What is found stands in the output itself; with the others it goes to stderr.
_FORMATS_WITH_FINDINGS = ("table", "json", "markdown")


def _spec(name: str | None, options: dict[str, Any]) -> LayerSpec:
    if options["spec_file"] is not None:
        spec = read_spec(_read(options["spec_file"]), options["spec_file"])
        if name not in (None, spec.name):
            raise UsageError(
                name or "", f"the spec is of another layer, {spec.name}", "leave out the name, or the --spec"
            )
    elif name is not None:
        spec = LayerSpec(name)
    else:
        raise UsageError(
            "weightscope layer", "no layer is named", "weightscope layer CustomConv2D --input-shape 1,28,28,3"
        )
    return replace(
        spec,
        arguments={**spec.arguments, **dict(map(parse_argument, options["arguments"]))},
        inputs=options["inputs"] or spec.inputs,
        input_dtype=options["input_dtype"] or spec.input_dtype,
    )


def _read(file: str) -> str:
    try:
        return sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "not text"
        raise UsageError(
            file, f"the spec cannot be read: {why}", "--spec FILE.json, or - for standard input"
        ) from error
