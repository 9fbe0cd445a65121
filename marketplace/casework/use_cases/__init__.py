"""Use cases of casework."""
