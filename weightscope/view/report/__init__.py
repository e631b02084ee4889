"""The page that `weightscope report` writes: a model, or what differs between two, in one HTML file."""
