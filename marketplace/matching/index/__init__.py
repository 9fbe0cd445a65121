"""The searchable index: term weights, the comparison of queries with documents, and snapshots on disk."""
