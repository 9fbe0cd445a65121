"""A version of a strategy as a document: outline, Markdown, JSON and PDF. Uses neither Flask nor the database."""
