"""Feeds a quarter of a megabyte of its worst to each regular expression of the package, in a process of its own.

Started by a test as `python -m tests.patterns`; prints each pattern before it is fed, so that the last line names the
one that did not end.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "weightscope"
LENGTH = 1 << 18

#: Beginnings after which a pattern may take all that follows for a part of what it looks for. A pattern that is not
#: here is fed the words that it begins with.
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

_REPEATED = (" ", "\n", " \n", "0", "a", "A", "_1", "\\")


@dataclass(frozen=True, slots=True)
class UsedPattern:
    """A pattern, and whether it is looked for at every place of a text, or held against its beginning alone."""

    pattern: re.Pattern[str]
    is_searched_for: bool


def patterns() -> Iterator[UsedPattern]:
    """Yields every pattern that the package hands to `re`, read from its source.

    Raises:
        TypeError: A pattern is not written out where it is used, and cannot be read.
    """
    for path in sorted(PACKAGE.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        methods = _methods(tree)
        names = {id(one.value): one.targets[0] for one in ast.walk(tree) if isinstance(one, ast.Assign)}
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or _owner(node.func) != "re":
                continue
            assert isinstance(node.func, ast.Attribute)
            first, *others = node.args
            text = _text_of(first)
            if text is None:
                raise TypeError(f"{path}:{node.lineno}: the pattern is not written out")
            is_compiled = node.func.attr == "compile"
            flags = (one.attr for one in others if is_compiled and isinstance(one, ast.Attribute))
            name = names.get(id(node))
            used = methods.get(name.id, set()) if isinstance(name, ast.Name) else set()
            used = used if is_compiled else {node.func.attr}
            is_searched_for = not used or bool(used - {"match", "fullmatch"})
            yield UsedPattern(re.compile(text, sum(getattr(re, flag) for flag in flags)), is_searched_for)


def _methods(tree: ast.Module) -> dict[str, set[str]]:
    """Returns the names of all attributes that a module takes of each name."""
    found: dict[str, set[str]] = {}
    for node in ast.walk(tree):
        owner = _owner(node)
        if isinstance(node, ast.Attribute) and owner is not None:
            found.setdefault(owner, set()).add(node.attr)
    return found


def _owner(node: ast.AST) -> str | None:
    """Returns the name before the dot of `name.attribute`."""
    return node.value.id if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) else None


def _text_of(node: ast.expr) -> str | None:
    """Returns the pattern that an expression writes out, `name` in the place of what is put into it; else None."""
    if isinstance(node, ast.JoinedStr):
        return "".join(_text_of(part) or "name" for part in node.values)
    value = node.value if isinstance(node, ast.Constant) else None
    return value.decode() if isinstance(value, bytes) else value if isinstance(value, str) else None


def _first_words(pattern: str) -> tuple[str, ...]:
    """Returns the words that a pattern begins with, if it begins with some."""
    words = re.match(r"\^?((?:\w|\\?[ '\"(])+)", pattern.replace("\\b", ""))
    return (words[1].replace("\\", ""),) if words else ()


def worst_texts(beginnings: tuple[str, ...]) -> Iterator[str]:
    """Yields long texts: something repeated, alone and after each beginning, and then what matches nothing."""
    for part in _REPEATED:
        for beginning in ("", *beginnings):
            yield beginning + part * (LENGTH // len(part)) + "!"
    for beginning in beginnings:
        yield beginning * (LENGTH // len(beginning)) + "!"


if __name__ == "__main__":
    import resource

    _SECONDS = 5  # a quadratic pattern takes twenty at the least, and any other a tenth
    for one in dict.fromkeys(patterns()):
        wording = one.pattern.pattern
        print(wording.encode(errors="backslashreplace").decode(), flush=True)
        used = resource.getrusage(resource.RUSAGE_SELF).ru_utime
        resource.setrlimit(resource.RLIMIT_CPU, (int(used) + _SECONDS, resource.RLIM_INFINITY))
        for worst in worst_texts(BEGINNINGS.get(wording, _first_words(wording))):
            one.pattern.fullmatch(worst)
            if one.is_searched_for:
                one.pattern.sub("", worst)
