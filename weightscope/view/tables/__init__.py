"""What the table format is made of."""
