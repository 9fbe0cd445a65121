"""Work of a business garden with its companies: notes, tasks, time spent, and the list of companies with their next steps."""
