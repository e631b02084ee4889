"""Readers of saved models: no TensorFlow, no code of the model run."""
