"""Forms about offers. Those that depend on the brief or on the offers are made for each page."""
