"""Bytes of far files: read by ranges, over HTTP or with fsspec."""
