"""Loads models and builds layers with Keras. Only this folder uses TensorFlow."""
