"""Finds faults in a model's weights."""
