"""The matcher once more, as plainly as its docstrings say it: lists, dictionaries and `math`, one supplier at a time.

It is slow and shares no code with the real one but the records that go in (`Document`, `Query`, `Settings`), the
parsed glossary, and `flags`, which reads one text alone. It knows of no array, so what the real one does to be fast
is held against what it means.
"""

from tests.matching.reference.ranking import Directory

__all__ = ["Directory"]
