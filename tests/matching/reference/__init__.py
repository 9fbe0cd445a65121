"""Reference implementation of the matcher in plain Python: lists, dictionaries and `math`, one supplier at a time.

It is slow, and shares no code with the matcher except the records (`Document`, `Query`, `MatchingSettings`), the parsed
glossary and the spam `flags`. It uses no arrays, so that every optimisation of the matcher is compared with the
formula it implements.
"""

from tests.matching.reference.ranking import Directory

__all__ = ["Directory"]
