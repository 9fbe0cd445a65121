"""Use cases of the strategy: one function per user action."""
