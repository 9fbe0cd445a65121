"""Use cases of mandates and confirmations."""
