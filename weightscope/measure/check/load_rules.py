"""The rules of `weightscope check WEIGHTS --into TARGET`."""

from __future__ import annotations

from weightscope.measure.check.rule import Rule

LOAD_RULES = (
    Rule(
        "load-raises",
        "load_weights raises",
        "error",
        "Keras cannot load the file into the target: load_weights raises the quoted error. Layers before the error"
        " hold the new values afterwards, and with loading by place also layers after it.",
        None,
        reads_values=False,
        of="loading",
        about="layer",
    ),
    Rule(
        "load-swaps-layers",
        "layers are filled from one another",
        "error",
        "load_weights raises no error, but layers get each other's weights: Keras pairs layers of one class by their"
        " order, and not by their names.",
        None,
        reads_values=False,
        of="loading",
        about="layer",
    ),
    Rule(
        "load-swaps-variables",
        "a variable is filled from another one",
        "error",
        "load_weights raises no error, but a variable of a layer gets the values of another variable of the same shape:"
        " for example, beta gets the values of gamma.",
        None,
        reads_values=False,
        of="loading",
    ),
    Rule(
        "load-changes-kind",
        "float values in an integer variable, or the other way",
        "error",
        "load_weights raises no error, but casts float values to integers or integers to float: only one of the two"
        " models is quantized.",
        None,
        reads_values=False,
        of="loading",
    ),
    Rule(
        "load-overwrites",
        "a variable is filled more than once",
        "warning",
        "Several layers own a variable (tied weights), and Keras stores it with each of them. It reads the copies"
        " one after the other, and the last one counts. If they are equal, this is a note.",
        None,
        reads_values=False,
        of="loading",
    ),
    Rule(
        "load-other-shape",
        "a stored variable of another shape",
        "error",
        "Keras pairs the two variables, but their shapes differ. The target's variable keeps its values.",
        None,
        reads_values=False,
        of="loading",
    ),
    Rule(
        "not-in-file",
        "variables that loading does not fill",
        "warning",
        "load_weights does not change a variable of the target: it keeps its initial values.",
        None,
        reads_values=False,
        of="loading",
    ),
    Rule(
        "keras-warning",
        "a warning of Keras while loading",
        "warning",
        "Keras loaded the model and gave this warning.",
        None,
        reads_values=False,
        of="loading",
    ),
    Rule(
        "not-loaded",
        "stored variables that are not loaded",
        "warning",
        "The file holds a variable that load_weights loads into no variable of the target.",
        None,
        reads_values=False,
        of="loading",
    ),
)
