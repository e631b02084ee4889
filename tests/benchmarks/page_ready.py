"""Times pages of 320 and of 20,000 variables in a browser, in turn, and prints medians and ratios.

Usage: python -m tests.benchmarks.page_ready. A page is ready when its first rows are drawn and it can be used. No test
depends on what this prints.
"""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path

from tests.view.report.browser import Browser, open_browser
from tests.view.report.pages import large_page

RUNS = 7

#: What is timed, in JavaScript that returns milliseconds.
TIMED = {
    "ready": "performance.getEntriesByType('navigation')[0].loadEventEnd",
    "sort": "(begin => { document.querySelector('[data-sort=mean]').click(); return performance.now() - begin })"
    "(performance.now())",
    "search": "(begin => { const field = document.getElementById('search'); field.value = '77/k';"
    " field.dispatchEvent(new Event('input')); return performance.now() - begin })(performance.now())",
}
PROMISED = {"ready": "at most 2.5 times", "sort": "at most 250 ms", "search": "at most 250 ms"}


def main() -> None:
    """Makes the pages, measures, prints the table."""
    pages = {count: large_page(count) for count in (320, 20_000)}
    found: dict[tuple[str, int], list[float]] = {}
    with tempfile.TemporaryDirectory() as folder, open_browser(Path(folder)) as browser:
        for _ in range(RUNS + 1):  # the first run warms up
            for count, page in pages.items():
                for name, milliseconds in measured(browser, page).items():
                    found.setdefault((name, count), []).append(milliseconds)
    for name, promised in PROMISED.items():
        small, large = (statistics.median(found[name, count][1:]) for count in pages)
        print(f"{name:<8} {small:>6.0f} ms {large:>6.0f} ms {large / small:>6.2f}  {promised}")


def measured(browser: Browser, page: str) -> dict[str, float]:
    """Returns the milliseconds that each thing takes on a page."""
    browser.show(page)
    return {name: float(browser.ask(expression)) for name, expression in TIMED.items()}


if __name__ == "__main__":
    main()
