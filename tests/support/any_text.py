"""Strategy for any text: `hypothesis.strategies.text` without the table of UTF-8, which takes seconds to compute."""

from hypothesis import strategies as st

ANY_CHARACTER = st.characters(exclude_categories=["Cs"])
"""Every character except surrogates, which are all that UTF-8 cannot encode."""


def any_text(max_size: int | None = None) -> st.SearchStrategy[str]:
    """Return texts of at most so many characters, of any kind."""
    return st.text(ANY_CHARACTER, max_size=max_size)
