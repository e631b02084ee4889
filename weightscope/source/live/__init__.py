"""Keras, alive: loads models and builds layers. The only folder that touches TensorFlow."""
