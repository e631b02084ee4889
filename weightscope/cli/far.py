"""Far files on the command line: the option about fetching them."""

from __future__ import annotations

from typing import Any

import click

from weightscope import api
from weightscope.cli.command import FAR, option
from weightscope.cli.options import Decorator


def _download(context: click.Context, _parameter: click.Parameter, is_given: bool) -> None:
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
