"""From what is known to what is shown: rows of cells, without a widget."""
