"""Online backup and restore, both verified."""
