"""What every view is made of: names and numbers as text, glyphs, folding, elements, and the surface printed on."""
