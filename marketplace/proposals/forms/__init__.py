"""Forms about offers. Forms that depend on the brief or its offers are built per page."""
