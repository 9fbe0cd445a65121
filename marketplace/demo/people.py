"""The demo's people, for one-click sign-in."""


def demo_people() -> list[dict[str, str]]:
    """Return role, name, first name, organisation and address of each."""
    return []
