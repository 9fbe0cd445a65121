"""What waits for each role, gathered from all features."""
