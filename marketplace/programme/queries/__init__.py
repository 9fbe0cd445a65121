"""Read access to the programme."""
