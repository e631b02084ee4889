"""The style of the cards in a notebook. Each card has a background of its own, so that its colours can be read on it.

The theme is that of the notebook where it is known (Jupyter, VS Code, Colab, Sphinx), else that of the browser.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of a theme.

    Attributes:
        background: Of a card.
        raised: The background of headings, and of what the mouse points at.
        line: Between rows.
        text: Most text.
        dim: Facts of less weight.
        accent: Titles.
        good: Trainable; equal.
        warn: Not trainable; a warning.
        unknown: Trainability is unknown.
        bad: NaN; an error.
        bar: Bars and histograms.
    """

    background: str
    raised: str
    line: str
    text: str
    dim: str
    accent: str
    good: str
    warn: str
    unknown: str
    bad: str
    bar: str


#: All of text has a contrast of at least 4.5 to both backgrounds, a bar of 3.
LIGHT: Final = Palette(
    background="#ffffff",
    raised="#f1f3f5",
    line="#d8dce0",
    text="#1c1e21",
    dim="#57606a",
    accent="#0b5cad",
    good="#1a6b2f",
    warn="#875000",
    unknown="#86309c",
    bad="#b3121d",
    bar="#3a84b4",
)
DARK: Final = Palette(
    background="#15171b",
    raised="#23272e",
    line="#3a3f47",
    text="#e8e8e8",
    dim="#a6adb7",
    accent="#74b9ff",
    good="#74d08b",
    warn="#e9b44f",
    unknown="#d9a4f2",
    bad="#ff8078",
    bar="#4f9fd0",
)

_DARK_HOSTS = (
    "[data-jp-theme-light=false]",
    ".vscode-dark",
    ".vscode-high-contrast",
    "html[theme=dark]",
    "[data-theme=dark]",
)
_LIGHT_HOSTS = (
    "[data-jp-theme-light=true]",
    ".vscode-light",
    ".vscode-high-contrast-light",
    "html[theme=light]",
    "[data-theme=light]",
)

_RULES: Final = """
.weightscope{background:var(--background);color:var(--text);padding:10px 14px;border:1px solid var(--line);
border-radius:6px;margin:4px 0;font:13px/1.5 system-ui,sans-serif;max-width:1200px;overflow-x:auto;text-align:left}
.weightscope p{margin:0 0 4px}
.weightscope .title .dim{font-weight:400}
.weightscope .title{font-size:14px;font-weight:600}
.weightscope .dim{color:var(--dim)}
.weightscope .good{color:var(--good)}
.weightscope .warn{color:var(--warn)}
.weightscope .unknown{color:var(--unknown)}
.weightscope .bad{color:var(--bad);font-weight:600}
.weightscope .accent{color:var(--accent);font-weight:600}
.weightscope .name{font-family:ui-monospace,monospace;overflow-wrap:anywhere}
.weightscope h4{color:var(--accent);font-size:13px;margin:10px 0 4px}
.weightscope details{border-top:1px solid var(--line)}
.weightscope summary,.weightscope .heads{display:grid;grid-template-columns:var(--columns);column-gap:10px;
padding:3px 4px 3px 20px;align-items:baseline}
.weightscope summary{cursor:pointer;position:relative}
.weightscope summary::before{content:"\\25b8";position:absolute;left:5px;color:var(--dim)}
.weightscope details[open]>summary::before{content:"\\25be"}
.weightscope summary:hover,.weightscope .heads{background:var(--raised)}
.weightscope .heads{font-weight:600}
.weightscope summary>span{overflow-wrap:anywhere}
.weightscope .number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.weightscope .inside{margin:2px 4px 8px 20px}
.weightscope .blocks{color:var(--accent);font-family:ui-monospace,monospace;letter-spacing:0}
.weightscope ul{margin:2px 0 4px;padding-left:18px}
.weightscope .bar{display:block;background:var(--bar);height:8px;border-radius:2px;min-width:1px}
.weightscope table{border-collapse:collapse;margin:2px 0 8px 20px;background:none;color:inherit;font-size:13px}
.weightscope table.flush{margin-left:0}
.weightscope tr{background:none;border:0}
.weightscope tr:hover td{background:var(--raised)}
.weightscope th,.weightscope td{padding:2px 10px;text-align:left;vertical-align:top;background:none;color:inherit;
border:0;white-space:nowrap;max-width:none}
.weightscope th{font-weight:600;border-bottom:1px solid var(--line);color:var(--dim)}
.weightscope td.wide{white-space:normal;min-width:20em}
.weightscope td.path{white-space:normal;min-width:12em}
.weightscope td.number,.weightscope th.number{text-align:right}
.weightscope pre{font:12px/1.35 ui-monospace,monospace;color:inherit;background:none;margin:0;padding:0;overflow-x:auto}
.weightscope svg{display:block;max-width:100%}
.weightscope svg .bars{fill:var(--bar)}
.weightscope svg text{fill:var(--dim);font:11px system-ui,sans-serif}
.weightscope svg line{stroke:var(--dim)}
"""


def style_sheet() -> str:
    """Returns the style sheet: colours of both themes, and the rules."""
    dark, light = (", ".join(f"{host} .weightscope" for host in hosts) for hosts in (_DARK_HOSTS, _LIGHT_HOSTS))
    return (
        f".weightscope{{{_variables(LIGHT)}}}"
        f"@media (prefers-color-scheme:dark){{.weightscope{{{_variables(DARK)}}}}}"
        f"{dark}{{{_variables(DARK)}}}{light}{{{_variables(LIGHT)}}}{_RULES}"
    )


def _variables(palette: Palette) -> str:
    scheme = "light" if palette is LIGHT else "dark"
    return f"color-scheme:{scheme};" + ";".join(f"--{name}:{color}" for name, color in asdict(palette).items())
