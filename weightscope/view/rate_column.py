"""The column of the progress bar that shows how fast bytes are read; it imports rich, which a short wait needs not."""

from __future__ import annotations

from rich.progress import ProgressColumn, Task
from rich.text import Text

from weightscope.view.text.words import size


class RateColumn(ProgressColumn):
    """The rate in the units of the sizes beside it; rich's own column has MB beside MiB."""

    def render(self, task: Task) -> Text:
        """Returns the bytes a second; nothing until they are known."""
        rate = task.finished_speed or task.speed
        return Text(f"{size(round(rate))}/s" if rate else "", style="progress.data.speed")
