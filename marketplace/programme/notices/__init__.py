"""Notices of the programme."""
