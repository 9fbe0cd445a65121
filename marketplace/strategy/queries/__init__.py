"""Reads of strategies, restricted to what the viewer may see."""
