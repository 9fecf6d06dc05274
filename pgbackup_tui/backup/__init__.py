"""One backup task, from what is asked to what became of it."""
