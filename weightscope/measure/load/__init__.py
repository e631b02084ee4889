"""Predicts what `load_weights` does with a file and a target: pure functions over two inspections."""
