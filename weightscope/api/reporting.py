"""A page about a model, or about what differs between two."""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from weightscope import inspection as records
from weightscope.api.progress import ShowProgress, silent
from weightscope.errors import UsageError
from weightscope.inspection.overview import Pictures

if TYPE_CHECKING:
    from weightscope.measure.check.settings import CheckSettings
    from weightscope.measure.compare.settings import CompareSettings

#: The only end of a page's name.
PAGE_END = ".html"


def report_model(
    inspection: records.Inspection,
    *,
    settings: CheckSettings | None = None,
    pictures: Pictures = "some",
    show_progress: ShowProgress = silent,
) -> str:
    """Returns an HTML page about a model, whole in one file: it loads nothing from elsewhere.

    Args:
        inspection: What `inspect_model` or `inspect_layer` returned.
        settings: The rules whose findings are shown, and the variables that are listed; with `optimizer` those of the
            optimizer too.
        pictures: Of which variables exact quantiles and a picture are shown: `none`, `all`, or `some`, which adds at
            most 1 MiB.
        show_progress: Is called with the number of bytes to read, and shows how many are.
    """
    from weightscope.measure.check.settings import CheckSettings
    from weightscope.measure.overview.overview import bytes_to_read, overview
    from weightscope.view.report.model_page import model_page
    from weightscope.view.report.template import fill_template

    rules = settings or CheckSettings()
    with show_progress(bytes_to_read(inspection, rules)) as progress:
        found = overview(inspection, rules, pictures, progress)
    return fill_template(model_page(found))


def report_difference(
    a: records.Inspection,
    b: records.Inspection,
    *,
    settings: CompareSettings | None = None,
    show_progress: ShowProgress = silent,
) -> str:
    """Returns an HTML page about what differs between the weights of two models.

    Args:
        a: One model; if B is a trained A, the model before training.
        b: The other one. Weights that are frozen in it and moved are among the findings.
        settings: How variables are paired and compared; equal pairs are counted, and not listed.
        show_progress: Is called with the number of bytes to read, and shows how many are.
    """
    from weightscope.measure.compare.settings import CompareSettings
    from weightscope.measure.overview.pair_overview import compare_overview
    from weightscope.view.report.pair_page import pair_page
    from weightscope.view.report.template import fill_template

    with show_progress(a.totals.bytes) as progress:
        found = compare_overview(a, b, settings or CompareSettings(optimizer=False), progress)
    return fill_template(pair_page(found))


def write_page(page: str, path: str | PathLike[str], location: str) -> None:
    """Writes a page about the model at `location`; a file of this name is replaced.

    Raises:
        UsageError: The name does not end in `.html`, or is that of a part of the model.
    """
    from weightscope.source.file.parts import parts_of

    file = Path(path)
    if file.suffix.lower() != PAGE_END:
        raise UsageError(str(file), f"a report is a page that ends in {PAGE_END}", f"{file.stem or 'report'}{PAGE_END}")
    if file.exists() and any(part.exists() and part.samefile(file) for part in parts_of(location)):
        raise UsageError(str(file), f"this is a part of {location}", "another name")
    file.write_text(page, encoding="utf-8")
