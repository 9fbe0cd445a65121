"""What a home page is made of: sentences with a verb, in order of urgency. Pure values, no tables."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum

MOST_IN_A_GROUP = 5


class Urgency(IntEnum):
    """In which group a task stands, the most urgent first."""

    NOW = 1
    SOON = 2
    LATER = 3


@dataclass(frozen=True, slots=True)
class Task:
    """One sentence: a link that says what to do, the rest of the sentence, when, and perhaps a button."""

    urgency: Urgency
    link: str
    url: str
    rest: str = ""
    when: str = ""
    near: bool = False
    button: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """A number or a date beside the list."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Desk:
    """A home page's content."""

    tasks: Sequence[Task]
    facts: Sequence[Fact] = field(default=())

    def group(self, urgency: Urgency) -> list[Task]:
        """Return the tasks of one group."""
        return [task for task in self.tasks if task.urgency == urgency]

    @property
    def urgent(self) -> int:
        """Count what cannot wait."""
        return len(self.group(Urgency.NOW))
