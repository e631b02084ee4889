"""Numbers over all values of a variable, gathered block by block."""
