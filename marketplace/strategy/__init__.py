"""A company's digital strategy: self-assessment, plan, objectives with measurements, and actions."""
