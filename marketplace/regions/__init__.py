"""Region files: validation, set-up of a region from a file, and export."""
