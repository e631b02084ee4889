"""The numbers of attention heads along the side of a heat map that they are folded into."""

from __future__ import annotations

from weightscope.measure.closeup.folding import Folding


def head_labels(folding: Folding, row_step: int, rows_per_line: int) -> tuple[tuple[int, str], ...]:
    """Returns the first row of the map for each head that lies down the map, and its label.

    Empty without heads there, and where some would share a line of text.

    Args:
        folding: Of the variable.
        row_step: How many rows of the variable a row of the map stands for.
        rows_per_line: How many rows of the map a line of text holds.
    """
    if len(folding.down) < 2:
        return ()
    heads, features = (folding.shape[axis] for axis in folding.down)
    if features < row_step * rows_per_line:
        return ()
    return tuple((head * features // row_step, f"head {head}") for head in range(heads))


def head_ruler(folding: Folding, column_step: int) -> str:
    """Returns a line with the number of each head below its first column, as far as there is room; else nothing."""
    if len(folding.across) < 2:
        return ""
    heads, features = (folding.shape[axis] for axis in folding.across)
    line = ""
    for head in range(heads):
        place, label = head * features // column_step, f"{head}" if head else "head 0"
        if not line or place > len(line):
            line = line.ljust(place) + label
    return line if len(line) <= -(-heads * features // column_step) else ""
