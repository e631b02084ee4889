"""Hashes of the values of variables, and what changed since they were locked."""
