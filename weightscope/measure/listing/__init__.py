"""Which variables are listed, in which order, and what about them."""
