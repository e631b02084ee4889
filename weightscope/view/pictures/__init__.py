"""Values as pictures: in a terminal, and in files."""
