"""Speed and quality, measured by hand or by `make bench`; never part of the tests."""
