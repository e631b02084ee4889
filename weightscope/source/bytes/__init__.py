"""Reads bytes by offset within bounds: files on disk and members of zips."""
