"""The rules of `weightscope check WEIGHTS --into TARGET`."""

from __future__ import annotations

from weightscope.measure.check.rule import Rule

LOAD_RULES = (
    Rule(
        "load-raises",
        "load_weights raises",
        "error",
        "Keras cannot load the file into the target: load_weights raises the error that is quoted. Layers before the"
        " error hold the new values afterwards, and by place also layers after it.",
        None,
        reads_values=False,
        of="loading",
        about="layer",
    ),
    Rule(
        "load-swaps-layers",
        "layers are filled from one another",
        "error",
        "load_weights raises nothing, and layers get one another's weights: Keras goes by the order of layers of one"
        " class, and not by their names.",
        None,
        reads_values=False,
        of="loading",
        about="layer",
    ),
    Rule(
        "load-swaps-variables",
        "a variable is filled from another one",
        "error",
        "load_weights raises nothing, and a variable of a layer gets the values of another one of the same shape, such"
        " as beta those of gamma.",
        None,
        reads_values=False,
        of="loading",
    ),
    Rule(
        "load-changes-kind",
        "float values in an integer variable, or the other way",
        "error",
        "load_weights raises nothing, and casts float values to whole numbers or the other way: one side is quantized,"
        " the other is not.",
        None,
        reads_values=False,
        of="loading",
    ),
    Rule(
        "load-other-shape",
        "a stored variable of another shape",
        "error",
        "Keras pairs the two variables, and their shapes differ: the target's variable stays as it was.",
        None,
        reads_values=False,
        of="loading",
    ),
    Rule(
        "not-in-file",
        "variables that loading does not fill",
        "warning",
        "The target has a variable that load_weights leaves as it was: freshly initialised.",
        None,
        reads_values=False,
        of="loading",
    ),
    Rule(
        "keras-warning",
        "what Keras warns of while it loads",
        "warning",
        "Keras loaded the model and gave this warning.",
        None,
        reads_values=False,
        of="loading",
    ),
    Rule(
        "not-loaded",
        "stored variables that go nowhere",
        "warning",
        "The file holds a variable that load_weights reads into none of the target.",
        None,
        reads_values=False,
        of="loading",
    ),
)
