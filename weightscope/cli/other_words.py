"""Words that people type for commands, options and values of ours: data for `weightscope.cli.suggestions`."""

from __future__ import annotations

#: Words for a command, and what to type for it.
COMMANDS = {
    **dict.fromkeys(
        ("ls", "list", "info", "summary", "summarize", "print", "cat", "describe", "dump", "view", "open", "read"),
        ("inspect",),
    ),
    **dict.fromkeys(("tree", "weights", "variables", "vars", "params", "parameters", "look"), ("inspect",)),
    **dict.fromkeys(("stats", "statistics"), ("inspect", "--stats")),
    **dict.fromkeys(("models", "sizes"), ("inspect", "--by", "model")),
    **dict.fromkeys(("convert", "save", "write", "cast"), ("export",)),
    **dict.fromkeys(("load", "load_weights", "load-weights", "fits", "would-load"), ("check",)),
    **dict.fromkeys(("plot", "display", "values", "hist", "histogram", "heatmap", "get", "variable"), ("show",)),
    **dict.fromkeys(("validate", "lint", "test", "health", "audit", "nan"), ("check",)),
    **dict.fromkeys(("compare", "cmp", "delta", "changes"), ("diff",)),
    **dict.fromkeys(("build", "construct", "new", "make"), ("layer",)),
    **dict.fromkeys(("html", "page", "web", "dashboard", "visualize", "visualise", "browse"), ("report",)),
    **dict.fromkeys(("hash", "fingerprint", "checksum", "digest", "ids", "sha256"), ("id",)),
    "doctor": ("layer", "--doctor"),
    "rules": ("check", "--rules"),
    "explain": ("check", "--explain"),
    "version": ("--version",),
    "help": ("--help",),
}

#: Words for an option, and what to type for it where the command has that option. A value that follows stays.
OPTIONS = {
    **dict.fromkeys(("--trainable", "--train", "--only-trainable", "--trainables"), ("--only", "trainable")),
    **dict.fromkeys(
        ("--non-trainable", "--nontrainable", "--not-trainable", "--untrainable", "--frozen", "--only-frozen"),
        ("--only", "non-trainable"),
    ),
    **dict.fromkeys(("--all", "-a"), ("--only", "all")),
    **dict.fromkeys(
        ("--layer", "--name", "--grep", "--match", "--pattern", "--include", "--path", "--variable", "--var", "-k"),
        ("--filter",),
    ),
    **dict.fromkeys(("--skip", "--without", "--omit", "-x"), ("--exclude",)),
    **dict.fromkeys(("-n", "--limit", "--head", "--max", "--first", "--num", "--count"), ("--top",)),
    **dict.fromkeys(("--summary", "--layers", "--by-layer", "--tree"), ("--by", "layer")),
    **{f"--by-{name}": ("--by", name) for name in ("class", "dtype", "model")},
    **dict.fromkeys(("--classes", "--types"), ("--by", "class")),
    "--dtypes": ("--by", "dtype"),
    "--models": ("--by", "model"),
    **dict.fromkeys(("--level", "--levels", "--max-depth", "-d"), ("--depth",)),
    **dict.fromkeys(("--group", "--group-by", "--groupby"), ("--by",)),
    **dict.fromkeys(("--sort-by", "--order", "--order-by", "-s"), ("--sort",)),
    **dict.fromkeys(("--statistics", "--statistic", "--describe", "--distribution"), ("--stats",)),
    **dict.fromkeys(("--values", "--show-values", "--previews"), ("--preview",)),
    **dict.fromkeys(("--no-preview", "--no-values"), ("--preview", "0")),
    **dict.fromkeys(("--csv", "--jsonl", "--markdown", "--table", "--sarif", "--github"), ("--format",)),
    "--md": ("--format", "markdown"),
    **dict.fromkeys(("--output-format", "--fmt", "--as", "-f"), ("--format",)),
    **dict.fromkeys(("--out", "--output-file", "--file", "--save", "--to"), ("-o",)),
    **dict.fromkeys(("--no-page", "--nopager", "-P"), ("--no-pager",)),
    **dict.fromkeys(("--overwrite", "--yes", "-y"), ("--force",)),
    **dict.fromkeys(("--no-color", "--no-colour", "--no-colors", "--nocolor", "--plain"), ("--color", "never")),
    **dict.fromkeys(("--colour", "--colors", "--colours"), ("--color",)),
    **dict.fromkeys(("--shape", "--input", "--inputs", "--input-size", "--size"), ("--input-shape",)),
    **dict.fromkeys(("--dtype", "--type"), ("--input-dtype",)),
    **dict.fromkeys(("--load", "--keras", "--run"), ("--live",)),
    **dict.fromkeys(("--custom-objects", "--custom", "--import", "--code", "-m"), ("--module",)),
    **dict.fromkeys(("--opt", "--optim", "--optimizers", "--with-optimizer"), ("--optimizer",)),
    **dict.fromkeys(("--arguments", "--args", "--kwargs", "--param", "--config"), ("--arg",)),
    **dict.fromkeys(("--rule", "--checks", "--enable"), ("--select",)),
    **dict.fromkeys(("--disable", "--ignore-rule", "--no-rule"), ("--ignore",)),
    **dict.fromkeys(("--list-rules", "--list"), ("--rules",)),
    "--strict": ("--fail-on", "warning"),
    "-j": ("--json",),
    "--verbose": ("--stats",),
    **dict.fromkeys(("--heatmap", "--image", "--plot"), ("--heat",)),
    **dict.fromkeys(("--index", "--at", "--select-slice"), ("--slice",)),
    **dict.fromkeys(("--tolerance", "--tol", "--eps"), ("--atol",)),
    **dict.fromkeys(("-v", "-version"), ("--version",)),
    **dict.fromkeys(("-help", "-?", "--usage", "--examples"), ("--help",)),
}

#: The same for one command, before all others; an empty one leaves a value where it is.
OPTIONS_OF: dict[str, dict[str, tuple[str, ...]]] = {
    "show": dict.fromkeys(("--variable", "--var", "--name", "--path", "--weight", "--layer"), ()),
    "inspect": {"-v": ("--stats",)},
    "check": {
        **dict.fromkeys(("--to", "--target", "--model", "--onto", "--load", "--load-into"), ("--into",)),
        **dict.fromkeys(("--level", "--severity", "--min-level", "--fail-level", "--exit-on"), ("--fail-on",)),
        "-v": ("--verbose",),
    },
    "diff": dict.fromkeys(("--largest", "--biggest", "--largest-first", "--worst"), ("--sort", "size")),
    "scan": {"--json": ("--format", "jsonl"), "--parquet": ("-o", "models.parquet")},
}

#: Words for an option that a command does without: it does so anyway.
NEEDLESS = {
    "show": ("--stats", "--statistics", "--hist", "--histogram", "--quantiles", "--values", "--verbose"),
    "layers": ("--list", "--all", "-l", "-a", "--verbose", "-v", "--only", "--sort", "--by"),
    "inspect": ("--list", "-l", "--variables", "--weights", "--shapes", "--shape"),
    "check": ("--stats", "--all", "--sort", "--by", "--depth", "--preview"),
    "schema": ("--json", "--format", "--schema"),
    "layer": ("--optimizer",),
    "export": ("--optimizer", "--sort", "--top", "--by"),
    "lock": ("--json", "--format"),
    "diff": ("--values", "--stats", "--depth", "--preview"),
    "report": (
        *("--stats", "--verbose", "--top", "--sort", "--by", "--depth", "--preview"),
        *("--json", "--format", "--html", "--color", "--no-pager"),
    ),
}

#: Those of them that a value follows.
NEEDLESS_WITH_VALUE = ("--only", "--top", "--sort", "--by", "--depth", "--preview", "--format", "--color")

#: Words for an option that turns off what goes to stderr.
QUIET = ("-q", "--quiet", "--silent")

_MODEL = dict.fromkeys(("models", "file", "files", "location"), "model")

#: Words for a value of an option that has some to choose from, by the option.
VALUES = {
    "--only": {
        **dict.fromkeys(("frozen", "nontrainable", "non_trainable", "not-trainable", "untrainable"), "non-trainable"),
        **dict.fromkeys(("train", "trainables", "yes", "true"), "trainable"),
        "everything": "all",
    },
    "--format": {"md": "markdown", "text": "table", "txt": "table", "plain": "table", "ndjson": "jsonl", "tsv": "csv"},
    "--color": {
        **dict.fromkeys(("yes", "on", "true", "1", "force"), "always"),
        **dict.fromkeys(("no", "off", "false", "0", "none"), "never"),
    },
    "--by": {
        "layers": "layer",
        "classes": "class",
        "type": "class",
        "kind": "class",
        "dtypes": "dtype",
        "models": "model",
        "file": "model",
        "files": "model",
        "location": "model",
    },
    "--fail-on": {"errors": "error", "warnings": "warning", "all": "warning", "note": "warning"},
    "--match": {"name": "path", "names": "path", "value": "values", "content": "values", "position": "order"},
}
