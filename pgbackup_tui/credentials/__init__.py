"""Where a token comes from, and in what order the places are asked."""
