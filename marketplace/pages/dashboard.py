"""Content of a home page: tasks as sentences, ordered by priority. Plain values, no database access."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum

MAX_TASKS_PER_GROUP = 5


class Priority(IntEnum):
    """Group of a task, most urgent first."""

    NOW = 1
    SOON = 2
    LATER = 3


@dataclass(frozen=True, slots=True)
class Task:
    """A task as a sentence: link text, rest of the sentence, time, and an optional button. Without a URL nothing is linked."""

    priority: Priority
    link: str
    url: str
    rest: str = ""
    when: str = ""
    is_imminent: bool = False
    button: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """A count or date in the sidebar."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Dashboard:
    """All tasks and figures of a home page."""

    tasks: Sequence[Task]
    facts: Sequence[Fact] = field(default=())
    is_listed: bool = True
    """False for a supplier that is not approved for anything yet."""

    def group(self, priority: Priority) -> list[Task]:
        """Return the tasks of one priority."""
        return [task for task in self.tasks if task.priority == priority]

    @property
    def urgent(self) -> int:
        """Count the urgent tasks."""
        return len(self.group(Priority.NOW))
