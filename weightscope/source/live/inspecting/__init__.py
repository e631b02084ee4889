"""Builds a layer from a spec, calls it, and returns the inspection."""
