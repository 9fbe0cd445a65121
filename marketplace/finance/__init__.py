"""Hours, funding, costs, participation fees and state aid of a project."""
