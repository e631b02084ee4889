"""Renders records as text."""
