"""The command line: parse, call the api, view, exit code."""
