"""Tasks on the home page of each role, collected from all features."""
