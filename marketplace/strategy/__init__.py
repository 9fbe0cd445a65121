"""The digital strategy of a company, from self-assessment to measured results.

The strategy is the written document: sections about the company, its customers, channels, objectives, actions and
budget. The plan is everything that a company has under /plan: its strategy with self-assessments, measurements, tools,
versions and reviews.
"""
