"""How values are read: block by block, in one pass, on every processor there is."""
