"""The list of users and the audit log, for administrators."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from flask import render_template
from werkzeug.wrappers import Response

from marketplace.accounts import queries as people
from marketplace.audit import queries as audit
from marketplace.audit.labels import action_label, action_names, object_label, object_names
from marketplace.core import clock
from marketplace.core.collation import sort_key
from marketplace.core.dates import parse_date
from marketplace.core.i18n import current_locale, gettext as _
from marketplace.organisations import queries as organisations
from marketplace.organisations.forms import role_choices
from marketplace.pages.queries import users
from marketplace.pages.views import blueprint
from marketplace.web import access
from marketplace.web.csv_export import csv_response
from marketplace.web.list_filter import ListFilter, Select, read_list_filter, sort_select, state_select
from marketplace.web.query_args import page_arg, query_arg

if TYPE_CHECKING:
    from marketplace.audit.models import AuditEvent


@blueprint.get("/admin/users")
@access.admin
def admin_users() -> str:
    """List users with their organisations and roles."""
    bar = read_list_filter(
        _("Name, e-mail address or organisation"),
        Select(
            "role",
            _("Acts for"),
            (
                ("", _("All")),
                ("company", _("Companies")),
                ("supplier", _("Suppliers")),
                ("garden", _("Business gardens")),
                ("admin", _("Administrators")),
                ("none", _("Acts for no organisation")),
            ),
        ),
        state_select(("active", _("Account open")), ("closed", _("Account closed"))),
        sort_select(("", _("Name")), ("newest", _("Newest first")), ("signed-in", _("Last signed in"))),
    )
    roles = {
        (kind, role): label.split(":")[0].lower()
        for kind in ("company", "supplier", "garden")
        for role, label in role_choices(kind)
    }
    page = users.list_users(page_arg(), bar.query)
    return render_template("pages/admin_users.html", page=page, bar=bar, roles=roles)


@blueprint.get("/admin/audit")
@access.admin
def audit_log() -> str:
    """List audit events, newest first. Events name actions and objects, never the content of an offer."""
    search = _read_search()
    page = audit.events(page_arg(), search.wanted)
    return render_template(
        "pages/audit_log.html",
        page=page,
        search=search,
        action_label=action_label,
        object_label=object_label,
        without_name=audit.ANONYMOUS_ACTIONS,
        names=people.names_of(_user_ids(page.items)),
        organisations=organisations.names_of(_organisation_ids(page.items)),
    )


@blueprint.get("/admin/audit.csv")
@access.admin
def audit_log_csv() -> Response:
    """Download the filtered audit log."""
    header = [
        _("When"),
        _("Recorded action"),
        _("Code"),
        _("Item"),
        _("Item number or reference"),
        _("Person"),
        _("On behalf of"),
    ]
    return csv_response(_("Audit log"), header, _audit_rows(_read_search().wanted))


def _audit_rows(wanted: audit.EventFilter) -> Iterator[Sequence[object]]:
    for batch in audit.all_events(wanted):
        names = people.names_of(_user_ids(batch))
        organisation_names = organisations.names_of(_organisation_ids(batch))
        for event in batch:
            is_named = event.action not in audit.ANONYMOUS_ACTIONS
            yield (
                clock.to_local(event.at).strftime("%Y-%m-%d %H:%M:%S"),
                action_label(event.action),
                event.action,
                object_label(event.object_type),
                event.object_id,
                _actor(event, names, organisation_names) if is_named else "",
                organisation_names.get(event.organisation_id, "") if is_named else "",
            )


def _actor(
    event: "AuditEvent", names: Mapping[int | None, str], organisation_names: Mapping[int | None, str]
) -> str:
    """Return the name of the person, with the business garden if the act was for a company."""
    name, garden = names.get(event.actor_id, _("System")), event.details.get("by_garden")
    return f"{name}, {organisation_names.get(garden, '')}" if garden else name


@dataclass(frozen=True)
class _AuditSearch:
    """The filters of the audit log. `is_similar` is true if no name matches the search text exactly, and similar names are shown."""

    bar: ListFilter
    wanted: audit.EventFilter
    object_id: str
    since: str
    until: str
    is_similar: bool

    @property
    def args(self) -> dict[str, str]:
        extra = {"object": self.object_id, "from": self.since, "to": self.until}
        return self.bar.args | {name: value for name, value in extra.items() if value}


def _read_search() -> _AuditSearch:
    actions, kinds = _audit_choices(current_locale())
    bar = read_list_filter(
        _("Person's name or e-mail address"),
        Select("action", _("Recorded action"), (("", _("Anything")), *actions)),
        Select("kind", _("Kind of item"), (("", _("Anything")), *kinds)),
    )
    object_id = query_arg("object", 40).strip()
    since, until = parse_date(query_arg("from", 20)), parse_date(query_arg("to", 20))
    matches = people.find_user_ids(bar.query.text) if bar.query.text else None
    wanted = audit.EventFilter(
        action=bar.query["action"],
        object_type=bar.query["kind"],
        object_id=object_id,
        actor_ids=matches.best if matches else None,
        since=clock.start_of_day(since) if since else None,
        until=clock.start_of_day(until + dt.timedelta(days=1)) if until else None,
    )
    return _AuditSearch(
        bar,
        wanted,
        object_id,
        since.isoformat() if since else "",
        until.isoformat() if until else "",
        is_similar=matches is not None and not matches.exact,
    )


@lru_cache
def _audit_choices(_locale: str) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Return the actions and the kinds of item by label, which depends on the locale alone."""
    actions = sorted(((code, str(label)) for code, label in action_names().items()), key=_by_label)
    kinds = sorted(((code, str(label)) for code, label in object_names().items()), key=_by_label)
    return actions, kinds


def _by_label(option: tuple[str, str]) -> str:
    return sort_key(option[1])


def _user_ids(events: Iterable["AuditEvent"]) -> set[int | None]:
    objects = {int(one.object_id) for one in events if one.object_type == "user" and one.object_id.isdigit()}
    return objects | {one.actor_id for one in events}


def _organisation_ids(events: Iterable["AuditEvent"]) -> set[int | None]:
    objects = {
        int(one.object_id) for one in events if one.object_type == "organisation" and one.object_id.isdigit()
    }
    gardens = {one.details.get("by_garden") for one in events}
    return objects | gardens | {one.organisation_id for one in events}
