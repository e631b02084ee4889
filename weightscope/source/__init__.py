"""Where an inspection comes from: a file that is read, or Keras, alive."""
