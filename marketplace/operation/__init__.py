"""Keeping the service running: health, logs, metrics."""
