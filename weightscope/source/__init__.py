"""Makes inspections: `file` reads saved models without Keras, `live` runs Keras."""
