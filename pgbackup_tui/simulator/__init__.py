"""A simulated CommServe for the demo, for rehearsals and for tests. It meets its clients at HTTP only."""
