"""What was asked of CommServes, and what became of it: kept so that it outlives the program."""
