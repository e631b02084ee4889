"""Far files on the command line: the option about fetching them, and the line that says how much is fetched."""

from __future__ import annotations

from typing import Any

import click

from weightscope import api
from weightscope.cli.command import FAR, option
from weightscope.cli.options import Decorator
from weightscope.cli.traffic_line import traffic_line


def _download(context: click.Context, _parameter: click.Parameter, is_given: bool) -> None:
    context.with_resource(traffic_line())
    if is_given:
        context.with_resource(api.downloading())


#: For every command that reads models.
download_option: Decorator[Any] = option(
    FAR,
    "--download",
    is_flag=True,
    expose_value=False,
    callback=_download,
    help="Fetch an https://... file whole into a temporary file first, for servers that do not send byte ranges.",
)
