"""Database triggers that reject forbidden changes or record changes of the directory, on SQLite and PostgreSQL.

They are installed by every migration to the latest revision and removed during schema changes, so that migrations need
not handle them.
"""

from dataclasses import dataclass

from sqlalchemy.engine import Connection


@dataclass(frozen=True, slots=True)
class Trigger:
    """Rejects an operation on a table: always, or under a condition on the rows OLD and NEW.

    TRUNCATE exists only in PostgreSQL, and takes no condition.
    """

    table: str
    operation: str
    message: str
    condition: str = ""

    @property
    def name(self) -> str:
        """Return the trigger's name."""
        return f"guard_{self.table}_{self.operation.lower()}"


@dataclass(frozen=True, slots=True)
class RevisionTrigger:
    """Gives the directory a new revision after an operation on a table. See `DirectoryRevision`."""

    table: str
    operation: str

    @property
    def name(self) -> str:
        """Return the trigger's name."""
        return f"revise_{self.table}_{self.operation.lower()}"


def _changed(*columns: str) -> str:
    """Return the SQL condition that a column changes, NULL included."""
    return " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in columns)


_SUBMITTED_COLUMNS = (
    "id",
    "brief_id",
    "supplier_id",
    "brief_version_id",
    "sealed_content",
    "sealed_submission",
    "submitted_at",
)
_ANSWER_COLUMNS = (
    "id",
    "outcome_id",
    "answered_at",
    "answered_by_id",
    "on_time",
    "within_price",
    "goal_met",
    "order_again",
    "measured_milli",
    "measured_on",
    "for_supplier",
    "for_garden",
    "for_similar",
)
_APPEND_ONLY = "Rows of the audit log cannot be changed or deleted."
_FACTS = "Facts of reports cannot be changed or deleted."
_OPENED_OFFER = "An opened offer cannot be changed."
# The files are deleted when the offer's key is, at the end of the retention period.
_FILE_OF_OPENED_OFFER = (
    "EXISTS (SELECT 1 FROM proposal WHERE id = OLD.proposal_id AND opened_at IS NOT NULL AND data_key <> '')"
)

TRIGGERS: tuple[Trigger | RevisionTrigger, ...] = (
    Trigger("audit_event", "UPDATE", _APPEND_ONLY),
    Trigger("audit_event", "DELETE", _APPEND_ONLY),
    Trigger("audit_event", "TRUNCATE", _APPEND_ONLY),
    Trigger("report_fact", "UPDATE", _FACTS),
    Trigger("report_fact", "DELETE", _FACTS),
    Trigger("report_fact", "TRUNCATE", _FACTS),
    Trigger("user_account", "UPDATE", "An erased person stays erased.", "OLD.erased_at IS NOT NULL"),
    Trigger("user_account", "DELETE", "An erased person stays erased.", "OLD.erased_at IS NOT NULL"),
    Trigger("broken_glass", "UPDATE", "The record of an emergency access cannot be changed."),
    Trigger("broken_glass", "DELETE", "The record of an emergency access cannot be deleted."),
    Trigger(
        "proposal",
        "UPDATE",
        _OPENED_OFFER,
        f"OLD.opened_at IS NOT NULL AND ({_changed(*_SUBMITTED_COLUMNS, 'opened_at')})",
    ),
    # Names in the texts are anonymized with the account.
    Trigger("outcome_answer", "UPDATE", "An answer cannot be changed.", _changed(*_ANSWER_COLUMNS)),
    Trigger("outcome_answer", "DELETE", "An answer cannot be deleted."),
    Trigger("proposal", "DELETE", _OPENED_OFFER, "OLD.opened_at IS NOT NULL"),
    Trigger("stored_file", "UPDATE", _OPENED_OFFER, _FILE_OF_OPENED_OFFER),
    Trigger("stored_file", "DELETE", _OPENED_OFFER, _FILE_OF_OPENED_OFFER),
    Trigger("proposal_revision", "UPDATE", "A sent version of an offer cannot be changed."),
    Trigger(
        "proposal_revision",
        "DELETE",
        _OPENED_OFFER,
        "EXISTS (SELECT 1 FROM proposal WHERE id = OLD.proposal_id AND opened_at IS NOT NULL)",
    ),
    # UPDATE is enough: a new organisation appears only when it is vetted, and before one is deleted, its rows in these tables
    # are deleted.
    RevisionTrigger("organisation", "UPDATE"),
    *(
        RevisionTrigger(table, operation)
        for table in ("supplier", "vetting")
        for operation in ("INSERT", "UPDATE", "DELETE")
    ),
)


def install(connection: Connection) -> None:
    """Create all triggers."""
    for trigger in TRIGGERS:
        for statement in _statements(trigger, is_postgresql=connection.dialect.name == "postgresql"):
            connection.exec_driver_sql(statement)


def remove(connection: Connection) -> None:
    """Drop all installed triggers, including those of earlier revisions."""
    for name in installed(connection):
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(f"DROP FUNCTION {name}() CASCADE")
        else:
            connection.exec_driver_sql(f"DROP TRIGGER {name}")


def installed(connection: Connection) -> set[str]:
    """Return the names of the installed triggers."""
    if connection.dialect.name == "postgresql":
        query = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgname ~ '^(guard|revise)_'"
    else:
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND (name GLOB 'guard_*' OR name GLOB 'revise_*')"
    return set(connection.exec_driver_sql(query).scalars())


def _statements(trigger: Trigger | RevisionTrigger, *, is_postgresql: bool) -> list[str]:
    if isinstance(trigger, RevisionTrigger):
        return _postgresql_revision(trigger) if is_postgresql else _sqlite_revision(trigger)
    return _postgresql(trigger) if is_postgresql else _sqlite(trigger)


def _sqlite(trigger: Trigger) -> list[str]:
    if trigger.operation == "TRUNCATE":
        return []
    # SQLite before 3.39 has IS NOT instead of IS DISTINCT FROM.
    when = f"WHEN {trigger.condition.replace('IS DISTINCT FROM', 'IS NOT')} " if trigger.condition else ""
    refuse = f"SELECT RAISE(ABORT, '{trigger.message}')"
    return [
        f"CREATE TRIGGER {trigger.name} BEFORE {trigger.operation} ON {trigger.table} FOR EACH ROW {when}BEGIN {refuse}; END"
    ]


def _postgresql(trigger: Trigger) -> list[str]:
    each, returned = ("STATEMENT", "NULL") if trigger.operation == "TRUNCATE" else ("ROW", "OLD")
    if trigger.operation == "UPDATE":
        returned = "NEW"
    refuse = f"RAISE EXCEPTION '{trigger.message}' USING ERRCODE = 'restrict_violation';"
    body = f"IF {trigger.condition} THEN {refuse} END IF; RETURN {returned};" if trigger.condition else refuse
    create = f"CREATE TRIGGER {trigger.name} BEFORE {trigger.operation} ON {trigger.table} FOR EACH {each}"
    return [
        f"CREATE FUNCTION {trigger.name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$",
        f"{create} EXECUTE FUNCTION {trigger.name}()",
    ]


def _sqlite_revision(trigger: RevisionTrigger) -> list[str]:
    revise = "INSERT OR REPLACE INTO directory_revision (id, number) VALUES (1, random() >> 12)"
    return [
        f"CREATE TRIGGER {trigger.name} AFTER {trigger.operation} ON {trigger.table} FOR EACH ROW BEGIN {revise}; END"
    ]


def _postgresql_revision(trigger: RevisionTrigger) -> list[str]:
    number = "(random() * (1::bigint << 52))::bigint"
    free = "SELECT id FROM directory_revision ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED"
    body = (
        f"UPDATE directory_revision SET number = {number} WHERE id = ({free}); "  # noqa: S608 because both are constants
        f"IF NOT FOUND THEN INSERT INTO directory_revision (number) VALUES ({number}); END IF; RETURN NULL;"
    )
    # Once per statement: an update of many rows would leave as many dead versions of the revision's row.
    create = f"CREATE TRIGGER {trigger.name} AFTER {trigger.operation} ON {trigger.table} FOR EACH STATEMENT"
    return [
        f"CREATE FUNCTION {trigger.name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$",
        f"{create} EXECUTE FUNCTION {trigger.name}()",
    ]
