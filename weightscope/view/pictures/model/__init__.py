"""The whole model as a picture: a row for each layer, with its parameters and the spread of its values."""
