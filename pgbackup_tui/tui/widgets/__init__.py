"""Widgets that paint lines of data, and only the lines that changed."""
