"""Saving a section of a strategy, with an optimistic lock for each section, and the language of the document."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from marketplace.audit.models import AuditEvent
from marketplace.audit.use_cases import record
from marketplace.core import clock
from marketplace.core.database import session, transaction
from marketplace.core.dates import add_months
from marketplace.core.errors import RuleBroken
from marketplace.core.i18n import LOCALES, gettext as _, ngettext
from marketplace.core.optimistic_lock import check_unchanged
from marketplace.core.text import name_key
from marketplace.core.viewer import Viewer
from marketplace.strategy.completeness import MAX_REVIEW_MONTHS
from marketplace.strategy.content import Audience, StrategyContent, from_json
from marketplace.strategy.limits import MAX_PERCENT
from marketplace.strategy.models.objectives import Objective
from marketplace.strategy.models.plan import Strategy
from marketplace.strategy.queries.plan import strategy_of
from marketplace.strategy.use_cases.locking import strategy_for_writing
from marketplace.strategy.use_cases.versions import save_version


@dataclass(frozen=True, slots=True)
class SectionValues:
    """Values of the fields of a section, as `StrategyContent` has them."""

    values: Mapping[str, Any]


def section_values(viewer: Viewer, section: str) -> SectionValues:
    """Return the current values of a section of the viewer's company."""
    strategy = strategy_of(viewer.organisation_id)
    content = from_json(strategy.content) if strategy else StrategyContent()
    return SectionValues(content.section(section))


def save_section(
    viewer: Viewer, section: str, values: Mapping[str, Any], expected: str | None = None
) -> None:
    """Save a section. Raises Conflict if the section has changed since the form was rendered with `expected`.

    Saving what is already saved changes nothing. Objectives follow an audience that is renamed.
    """
    with transaction():
        if values == section_values(viewer, section).values:
            return
        strategy = strategy_for_writing(viewer)
        before = from_json(strategy.content)
        check_unchanged(
            expected,
            SectionValues(before.section(section)),
            SectionValues(values),
            is_own_change=lambda: _last_writer_id(strategy.id, section) == viewer.user_id,
        )
        after = before.with_section(section, values)
        _check_audiences(after.audiences)
        if after.review_on != before.review_on:
            _check_review_date(after.review_on)
        strategy.content = after.to_json()
        _rename_audiences(strategy, before.audiences, after.audiences)
        save_version(viewer, strategy)
        record(viewer, "strategy.save", "strategy", strategy.id, section=section)


def _last_writer_id(strategy_id: int, section: str) -> int | None:
    """Return the id of the user who last saved a section, or restored a version with it."""
    query = (
        select(AuditEvent.actor_id, AuditEvent.details)
        .where(
            AuditEvent.object_type == "strategy",
            AuditEvent.object_id == str(strategy_id),
            AuditEvent.action.in_(("strategy.save", "strategy.restore")),
        )
        .order_by(AuditEvent.id.desc())
    )
    rows = session.execute(query)
    return next((row.actor_id for row in rows if row.details.get("section", section) == section), None)


def set_language(viewer: Viewer, language: str) -> None:
    """Choose the language in which the document is printed and exported."""
    if language not in LOCALES:
        raise RuleBroken(_("Choose one from the list."), "language")
    with transaction():
        strategy = strategy_for_writing(viewer)
        if strategy.language == language:
            return
        strategy.language = language
        save_version(viewer, strategy)
        record(viewer, "strategy.set_language", "strategy", strategy.id, language=language)


def _check_audiences(audiences: tuple[Audience, ...]) -> None:
    keys = [name_key(audience.name) for audience in audiences]
    for index, key in enumerate(keys):
        if key in keys[:index]:
            raise RuleBroken(
                _("Two audiences have this name. Give them different names."), f"audiences_{index + 1}_name"
            )
    total = sum(audience.share_percent or 0 for audience in audiences)
    if total > MAX_PERCENT:
        last = max(index for index, audience in enumerate(audiences, start=1) if audience.share_percent)
        raise RuleBroken(
            _("The shares add up to %(total)s%%. They can be at most 100%%.", total=total),
            f"audiences_{last}_share_percent",
        )


def _check_review_date(day: dt.date | None) -> None:
    if day is None:
        return
    today = clock.today()
    if day <= today:
        raise RuleBroken(_("Choose a date in the future."), "review_on")
    if day > add_months(today, MAX_REVIEW_MONTHS):
        raise RuleBroken(
            ngettext(
                "Choose a date within %(num)s month.",
                "Choose a date within %(num)s months.",
                MAX_REVIEW_MONTHS,
            ),
            "review_on",
        )


def _rename_audiences(strategy: Strategy, before: tuple[Audience, ...], after: tuple[Audience, ...]) -> None:
    """Rename an audience in the objectives that refer to it.

    Old and new names are matched by their position in the list.
    """
    old_names, new_names = {one.name for one in before}, {one.name for one in after}
    renamed = {
        old.name: new.name
        for old, new in zip(before, after, strict=False)
        if old.name not in new_names and new.name not in old_names
    }
    if not renamed:
        return
    query = select(Objective).where(Objective.strategy_id == strategy.id, Objective.audience.in_(renamed))
    for objective in session.scalars(query):
        objective.audience = renamed[objective.audience]
