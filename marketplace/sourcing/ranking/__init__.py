"""Ranking runs: the index of suppliers, its cache and snapshots, and stored lists with their explanations."""
