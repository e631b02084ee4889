"""Builds a layer from a spec, calls it, and returns the inspection: the top of this room, above the doctor."""
