"""Read access to mandates and confirmations."""
