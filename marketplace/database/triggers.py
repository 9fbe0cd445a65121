"""What the database itself refuses, on SQLite and on PostgreSQL, whoever asks: triggers.

They are put in place by every migration to the newest version and taken off while tables are changed, so a
migration need not know of them.
"""

from dataclasses import dataclass

from sqlalchemy.engine import Connection


@dataclass(frozen=True, slots=True)
class Guard:
    """A kind of change to a table that is refused: always, or under a condition on the row OLD (and NEW).

    TRUNCATE is known to PostgreSQL alone, and takes no condition.
    """

    table: str
    change: str
    message: str
    when: str = ""

    @property
    def name(self) -> str:
        """Return the trigger's name."""
        return f"guard_{self.table}_{self.change.lower()}"


def _changes(*columns: str) -> str:
    """Return the condition that one of some columns gets another value, NULL being a value too."""
    return " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in columns)


_SENT = (
    "id",
    "brief_id",
    "supplier_id",
    "brief_version_id",
    "sealed_content",
    "sealed_submission",
    "submitted_at",
)
_RECORDED = "The audit log is only ever added to."
_STANDS = "An opened offer cannot be changed."

GUARDS = (
    Guard("audit_event", "UPDATE", _RECORDED),
    Guard("audit_event", "DELETE", _RECORDED),
    Guard("audit_event", "TRUNCATE", _RECORDED),
    Guard("user_account", "UPDATE", "An erased person stays erased.", "OLD.erased_at IS NOT NULL"),
    Guard("user_account", "DELETE", "An erased person stays erased.", "OLD.erased_at IS NOT NULL"),
    Guard("broken_glass", "UPDATE", "What an administrator opened, and why, stands."),
    Guard("broken_glass", "DELETE", "What an administrator opened, and why, stands."),
    Guard("proposal", "UPDATE", _STANDS, f"OLD.opened_at IS NOT NULL AND ({_changes(*_SENT, 'opened_at')})"),
    Guard("proposal", "DELETE", _STANDS, "OLD.opened_at IS NOT NULL"),
    Guard("proposal_revision", "UPDATE", "What was sent cannot be changed."),
    Guard(
        "proposal_revision",
        "DELETE",
        _STANDS,
        "EXISTS (SELECT 1 FROM proposal WHERE id = OLD.proposal_id AND opened_at IS NOT NULL)",
    ),
)


def install(connection: Connection) -> None:
    """Put all guards in place."""
    for guard in GUARDS:
        statements = _postgresql(guard) if connection.dialect.name == "postgresql" else _sqlite(guard)
        for statement in statements:
            connection.exec_driver_sql(statement)


def remove(connection: Connection) -> None:
    """Take off what guards there are, also those of an earlier version."""
    for name in installed(connection):
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(f"DROP FUNCTION {name}() CASCADE")
        else:
            connection.exec_driver_sql(f"DROP TRIGGER {name}")


def installed(connection: Connection) -> set[str]:
    """Return the names of the guards that are in place."""
    if connection.dialect.name == "postgresql":
        query = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND starts_with(tgname, 'guard_')"
    else:
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND substr(name, 1, 6) = 'guard_'"
    return set(connection.exec_driver_sql(query).scalars())


def _sqlite(guard: Guard) -> list[str]:
    if guard.change == "TRUNCATE":
        return []
    # IS NOT is how SQLite before 3.39 says it.
    when = f"WHEN {guard.when.replace('IS DISTINCT FROM', 'IS NOT')} " if guard.when else ""
    raising = f"SELECT RAISE(ABORT, '{guard.message}')"
    return [
        f"CREATE TRIGGER {guard.name} BEFORE {guard.change} ON {guard.table} FOR EACH ROW {when}BEGIN {raising}; END"
    ]


def _postgresql(guard: Guard) -> list[str]:
    each, passes = ("STATEMENT", "NULL") if guard.change == "TRUNCATE" else ("ROW", "OLD")
    if guard.change == "UPDATE":
        passes = "NEW"
    refuse = f"RAISE EXCEPTION '{guard.message}' USING ERRCODE = 'restrict_violation';"
    body = f"IF {guard.when} THEN {refuse} END IF; RETURN {passes};" if guard.when else refuse
    trigger = f"CREATE TRIGGER {guard.name} BEFORE {guard.change} ON {guard.table} FOR EACH {each}"
    return [
        f"CREATE FUNCTION {guard.name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$",
        f"{trigger} EXECUTE FUNCTION {guard.name}()",
    ]
