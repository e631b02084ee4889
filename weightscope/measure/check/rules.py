"""The rules of `weightscope check`: what each looks for, how bad it is, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches

from weightscope.errors import UsageError
from weightscope.inspection.inspection import Level


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule.

    Attributes:
        id: What `--select` and `--ignore` take.
        name: A few words.
        level: Of its findings.
        explanation: What it looks for, what it means, and what it does not.
        fix: What to do about a finding.
    """

    id: str
    name: str
    level: Level
    explanation: str
    fix: str


RULES: dict[str, Rule] = {
    rule.id: rule
    for rule in (
        Rule(
            "nan-values",
            "values that are not a number",
            "error",
            "A variable holds NaN. Every output that depends on it is NaN, and so is every gradient: the model "
            "is broken, usually since a step whose loss or gradient overflowed. Told are how many, where the "
            "first one is, and which output channels hold some.",
            "go back to a checkpoint from before; lower the learning rate, clip gradients, or train in float32",
        ),
        Rule(
            "infinite-values",
            "infinite values",
            "error",
            "A variable holds Inf or -Inf: an update overflowed, or a float32 was cast to float16 that does not"
            " hold it. The next difference of two of them is NaN. Told are how many, where the first one is, "
            "and which output channels hold some.",
            "go back to a checkpoint from before; where it was cast, keep this variable in float32",
        ),
        Rule(
            "zero-kernel",
            "a kernel of zeros",
            "warning",
            "Every value of a kernel is 0: the layer hands on its bias and nothing of its input. It was "
            "initialised with zeros, pruned away, or written by a conversion that lost it.",
            "check the initializer, or restore the weights again",
        ),
        Rule(
            "constant-kernel",
            "a kernel of one value",
            "warning",
            "Every value of a kernel is the same and not 0: all its units compute the same and get the same "
            "gradient, so that they never become different.",
            "use a random initializer, or restore the weights again",
        ),
        Rule(
            "dead-channels",
            "output channels of zeros",
            "warning",
            "Some output channels of a kernel are all 0, others are not: what these channels give is their "
            "bias, whatever the input. They were pruned, or died, and cost their share of every step.",
            "remove the channels, or initialise them anew and train on",
        ),
        Rule(
            "untrained-batchnorm",
            "moving statistics that never moved",
            "warning",
            "The moving mean of a batch normalisation is 0 everywhere and its moving variance 1: the layer was "
            "never called in training mode, so at inference it normalises nothing.",
            "train with training=True, or set momentum below 1; if it is meant, ignore the rule",
        ),
        Rule(
            "negative-variance",
            "a variance below zero",
            "error",
            "A moving variance is negative somewhere. No training gives that: the file is damaged, or a "
            "conversion mixed up variables. Its root is NaN.",
            "restore the weights again, and check the order of variables of whatever wrote the file",
        ),
        Rule(
            "untrained-weights",
            "weights as the initializer left them",
            "warning",
            "A kernel still has the mean, standard deviation and range of the initializer that the config "
            "names, and its bias, if it has one, is as it was made: the weights were never trained, or were not"
            " restored before the model was saved. The evidence is told; a kernel of less than 100 values is no"
            " evidence. A frozen layer is told of too: one is frozen to keep what it has learnt.",
            "restore the trained weights and save the model again",
        ),
        Rule(
            "exploding-values",
            "very large values",
            "warning",
            "The largest magnitude of a weight is beyond a limit, 10,000 unless another is set: training "
            "diverges, or is about to. Moving statistics, which follow the data, and whole numbers are left "
            "out.",
            "clip gradients, lower the learning rate, or regularise",
        ),
        Rule(
            "denormal-values",
            "values too small for their dtype",
            "warning",
            "More than a share of a variable's values, 1 % unless another is set, are below the smallest normal"
            " number of their dtype: they have lost precision, and many processors are ten times slower with "
            "them.",
            "set them to 0, or keep the variable in a dtype of more range",
        ),
        Rule(
            "duplicate-variables",
            "two variables of the same bytes",
            "note",
            "Two variables that are not one shared variable hold the same bytes: weights were copied, or one "
            "layer was loaded into two. Variables of one or two values only are left out.",
            "share the layer if they are meant to be the same",
        ),
        Rule(
            "shape-mismatch",
            "a shape that the config does not imply",
            "error",
            "The config of a layer implies another shape than the file holds for its variable: Keras refuses to"
            " load the model. The config and the weights come from two different models.",
            "save the model again, or take config and weights from one model",
        ),
        Rule(
            "missing-weights",
            "fewer variables than the layer has",
            "error",
            "The file holds fewer variables for a layer than Keras makes for it: loading fails with 'expected n"
            " variables, but received m'.",
            "save the model again with all layers built: call it once before saving",
        ),
        Rule(
            "unexpected-weights",
            "more variables than the layer has",
            "error",
            "The file holds more variables for a layer than Keras makes for it: loading fails with 'expected n "
            "variables, but received m'. The config was changed after the weights were saved.",
            "save the model again, or undo the change of the config",
        ),
        Rule(
            "misplaced-weights",
            "weights where Keras 3 does not look",
            "error",
            "The file has the weights of a layer in another group than the one in which Keras 3 looks for them, so"
            " loading fails with 'expected n variables, but received 0'. Keras 2.12 and 2.13 count each layer with"
            " weights twice when they number groups; Keras 2 on Windows writes backslashes into the names of groups.",
            "load the model with the version that wrote it and save it as a legacy .h5 file, which Keras 3 loads",
        ),
        Rule(
            "needs-custom-objects",
            "classes that are not Keras' own",
            "note",
            "The config names classes or functions that Keras does not have: loading needs your code. This is a"
            " fact, not a verdict: modelscan and modelaudit look for malware.",
            "pass custom_objects to load_model, or register the classes",
        ),
        Rule(
            "runs-code-on-load",
            "Python bytecode in the file",
            "warning",
            "A Lambda layer holds Python bytecode, which runs when the model is loaded with safe_mode=False and"
            " called; older versions of Keras run it from a legacy .h5 file whatever safe_mode says. Whether it does"
            " harm is not judged here: modelscan and modelaudit look for malware.",
            "load it only if you trust who wrote it; write a layer class instead of a Lambda",
        ),
        Rule(
            "freeze-lost-on-load",
            "a freeze that loading forgets",
            "warning",
            "The config says that a layer is not trainable, and Keras loads its variables as trainable all the "
            "same: its sub-layers are made anew, and their own flags are not in the config (MultiHeadAttention,"
            " GroupQueryAttention, ConvLSTM). Training after load_model changes it. The flag of a single variable is in"
            " no file: it is lost too, and cannot be told of.",
            "set layer.trainable = False again after load_model",
        ),
        Rule(
            "optimizer-in-file",
            "the optimizer's state",
            "note",
            "The file holds the optimizer's variables, which only training on needs: a deployment carries their"
            " bytes for nothing.",
            "model.save(path, include_optimizer=False), or save a model that is not compiled",
        ),
    )
}

#: Rules that ask for no value.
WITHOUT_VALUES = frozenset(
    {
        "shape-mismatch",
        "missing-weights",
        "unexpected-weights",
        "needs-custom-objects",
        "runs-code-on-load",
        "freeze-lost-on-load",
        "optimizer-in-file",
    }
)


def find_rule(rule_id: str) -> Rule:
    """Returns the rule of this id.

    Raises:
        UsageError: No rule has it; the hint names the nearest.
    """
    if rule_id in RULES:
        return RULES[rule_id]
    near = get_close_matches(rule_id, RULES, n=2, cutoff=0.4)
    hint = f"did you mean {' or '.join(near)}?" if near else "weightscope check --rules"
    raise UsageError(rule_id, "no such rule", hint)


@dataclass(frozen=True, slots=True)
class Thresholds:
    """What some rules compare with; each is set under the id of its rule.

    Attributes:
        exploding_values: The magnitude beyond which a weight is too large.
        denormal_values: The share of denormal values, from 0 to 1, beyond which a variable is told of.
    """

    exploding_values: float = 1e4
    denormal_values: float = 0.01
