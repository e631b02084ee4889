"""Results as HTML for notebooks: cards that stand alone, without scripts and without anything from elsewhere."""
