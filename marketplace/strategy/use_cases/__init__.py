"""One function for each thing a person does with a strategy."""
