"""Feeds a megabyte of its worst to each regular expression of the package, in a process of its own.

Started by a test as `python -m tests.patterns`; prints each pattern before it is fed, so that the last line names the
one that did not end.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "weightscope"
MEGABYTE = 1 << 20

#: Beginnings after which a pattern may take all that follows for a part of what it looks for. A pattern that is not
#: here is fed the beginnings of all.
BEGINNINGS: dict[str, tuple[str, ...]] = {
    r"\W+": (),
    r"(.)([A-Z][a-z]+)": ("aA",),
    r"([a-z])([A-Z])": ("a",),
    r"_\d+$": ("_",),
    r"\s*+([+-]?\d{1,18})?\s*+(?:(:)\s*+([+-]?\d{1,18})?\s*+(?:(:)\s*+([+-]?\d{1,18})?\s*+)?)?": ("1", ":", "1:1:"),
    r'^[ \t]*model_checkpoint_path:[ \t]*"((?:[^"\\\n]|\\.)*+)"': (
        'model_checkpoint_path: "',
        "\nmodel_checkpoint_path:",
    ),
    r"\\([0-7]{3}|.)": ("\\",),
    r"\.(data-\d{5}-of-\d{5}|meta)$": (".data-00000-of-",),
    r"variable(_\d+)?": ("variable_",),
    r"layer(_with_weights)?-\d+": ("layer-", "layer_with_weights-"),
    r"2\.1[23](?!\d)": ("2.12",),
    r"\.(index|meta|data-\d{5}-of-\d{5})$": (".data-00000-of-",),
    r"\x1b\[[0-9;]*m": ("\x1b[", "\x1b[;"),
    r"\{\{function_node [^{}]*\}\}\s*": ("{{function_node ", "{{function_node }}"),
    r"(?<!\s)\s*\[Op:\w+\](\s*name:\s*\w*)?": ("[Op:", "[Op:a]", "[Op:a] name:"),
    r"\n[ \t]*Example:[ \t]*\n": ("\n", "\n Example:"),
    r"\d+": (),
    r"\.(.)": (".",),
    r'"((?:[^"\\]|\\.)*+)"?+(\s*+:)?': ('"', '\\"', '"\\"', '""'),
    r"[0-9]+": (),
    r"[+-]?\d{1,18}": ("+",),
    r'\[\n([^\[\]{}"]*+)\]': ("[\n",),
    r"[^\x00-\x7e]": (),
    r"([\\`*_{}\[\]<>|#])": (),
}

ALL_BEGINNINGS = tuple(one for beginnings in BEGINNINGS.values() for one in beginnings)

_REPEATED = (" ", "\n", " \n", "0", "a", "A", "_1", "\\")


def patterns() -> Iterator[re.Pattern[str]]:
    """Yields every pattern that the package hands to `re`, read from its source.

    Raises:
        TypeError: A pattern is not written out where it is used, and cannot be read.
    """
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            function = node.func
            if isinstance(function.value, ast.Name) and function.value.id == "re":
                first, *others = node.args
                text = first.value if isinstance(first, ast.Constant) else None
                text = text.decode() if isinstance(text, bytes) else text
                if not isinstance(text, str):
                    raise TypeError(f"{path}:{node.lineno}: the pattern is not a constant")
                flags = (one.attr for one in others if function.attr == "compile" and isinstance(one, ast.Attribute))
                yield re.compile(text, sum(getattr(re, name) for name in flags))


def worst_texts(beginnings: tuple[str, ...]) -> Iterator[str]:
    """Yields texts of a megabyte: something repeated, alone and after each beginning, and then what matches nothing."""
    for part in _REPEATED:
        for beginning in ("", *beginnings):
            yield beginning + part * (MEGABYTE // len(part)) + "!"
    for beginning in beginnings:
        yield beginning * (MEGABYTE // len(beginning)) + "!"


if __name__ == "__main__":
    import resource

    _SECONDS = 120  # a quadratic pattern takes hours
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    for pattern in dict.fromkeys(patterns()):
        print(pattern.pattern, flush=True)
        for worst in worst_texts(BEGINNINGS.get(pattern.pattern, ALL_BEGINNINGS)):
            pattern.fullmatch(worst)
            pattern.sub("", worst)
