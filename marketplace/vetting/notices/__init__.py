"""Notices about vetting: applications, second reviews and appeals, and transfers."""
