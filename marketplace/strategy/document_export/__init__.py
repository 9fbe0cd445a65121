"""A version of a strategy as a document: outline, Markdown, JSON and PDF. Without Flask and without the database."""
