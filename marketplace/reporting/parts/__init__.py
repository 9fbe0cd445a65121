"""The parts of a report, each computed from the facts by a pure function."""
