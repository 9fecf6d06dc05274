"""The REST API of a CommServe: the only room that speaks HTTP."""
