"""Clients, instances, backup sets and subclients: the model, the patterns that choose from it, and its reading."""
