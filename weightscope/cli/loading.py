"""The options that say how a saved model is read, and reading it as they say."""

from __future__ import annotations

from typing import Any

from weightscope import api
from weightscope.cli.command import KERAS, option
from weightscope.cli.far import download_option
from weightscope.cli.live import input_shape_option, live_options, live_while, module_option
from weightscope.cli.options import Decorator, together
from weightscope.inspection import Inspection

#: For every command that takes saved models and can load them with Keras.
loading_options: Decorator[Any] = together(
    download_option,
    option(
        KERAS,
        "--live",
        is_flag=True,
        help="Load the model with Keras, run a dummy forward pass, and report what Keras says.",
    ),
    module_option,
    input_shape_option(KERAS),
    option(
        KERAS,
        "--unsafe",
        is_flag=True,
        help="Load with safe_mode=False, so that code in the file runs (Lambda layers). For files that you trust.",
    ),
    live_options,
)


def inspection_asked_for(model: str, options: dict[str, Any], *, optimizer: bool) -> Inspection:
    """Returns what is inside a saved model, read as `loading_options` say.

    Raises:
        WeightscopeError: It cannot be.
    """
    asked = {
        "live": options["live"],
        "input_shape": options["inputs"],
        "modules": options["modules"],
        "safe_mode": not options["unsafe"],
    }
    if asked == {"live": False, "input_shape": (), "modules": (), "safe_mode": True}:
        return api.inspect_model(model, optimizer=optimizer)
    with live_while(model, f"Loading {model} with Keras", options):
        return api.inspect_model(model, **asked, optimizer=optimizer)
