"""The parts of the table format."""
