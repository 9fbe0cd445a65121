"""Notices of the strategy."""
