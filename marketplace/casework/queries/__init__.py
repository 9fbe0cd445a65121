"""Queries of casework."""
