"""Online backup and restore, both verified. `deploy/marketplace-backup.service` makes one a night and deletes old ones."""
