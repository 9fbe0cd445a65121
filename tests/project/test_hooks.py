"""Every hook callback that the application relies on is registered when it is created."""

from marketplace.accounts import hooks as account_hooks
from marketplace.briefs import hooks as brief_hooks
from marketplace.briefs.panels import panel_slots
from marketplace.casework import hooks as casework_hooks
from marketplace.directory.hooks import profile_panels
from marketplace.mandates import hooks as mandate_hooks
from marketplace.organisations import hooks as organisation_hooks
from marketplace.outbox import hooks as outbox_hooks
from marketplace.programme import hooks as programme_hooks
from marketplace.sourcing import hooks as sourcing_hooks
from marketplace.strategy import hooks as strategy_hooks
from marketplace.suppliers import hooks as supplier_hooks
from marketplace.web import counted_rows, missing_pages


def test_application_registers_every_hook(app):
    registered = {
        "registration": account_hooks.registration.names,
        "company identity": organisation_hooks.identity_changed.names,
        "brief access": brief_hooks.supplier_access.names,
        "brief withdrawal": brief_hooks.withdrawal.names,
        "brief pause": brief_hooks.pause_blockers.names,
        "help pages": brief_hooks.help_panels.names,
        **{f"brief panel {slot}": hook.names for slot, hook in panel_slots.items()},
        "company registered": organisation_hooks.company_registered.names,
        "garden closed": organisation_hooks.garden_closed.names,
        "garden reopened": organisation_hooks.garden_reopened.names,
        "company states": casework_hooks.company_states.names,
        "company list panels": organisation_hooks.company_list_panels.names,
        "company panels": organisation_hooks.company_panels.names,
        "confirmable acts": mandate_hooks.confirmable_acts.names,
        "own answers to briefs": sourcing_hooks.own_answers.names,
        "plan actions": strategy_hooks.action_panels.names,
        "plan start page": strategy_hooks.plan_start_panels.names,
        "plan export": strategy_hooks.plan_export.names,
        "participation panels": programme_hooks.participation_panels.names,
        "organisation number of a participation": programme_hooks.number_change.names,
        "plan course ends": strategy_hooks.course_ends.names,
        "plan project periods": strategy_hooks.project_periods.names,
        "plan guide topics": strategy_hooks.guide_topics.names,
        "profile panels": profile_panels.names,
        "figure rows": counted_rows.figure_rows.names,
        "missing pages": missing_pages.replacements.names,
        "contact subscription": outbox_hooks.contact_subscription.names,
        "link status": outbox_hooks.link_status.names,
        "services change": supplier_hooks.services_change.names,
        "profile change": supplier_hooks.profile_change.names,
    }
    assert registered == {
        "registration": ("company", "supplier"),
        "company identity": ("participations",),
        "brief access": ("invitations", "offers"),
        "brief withdrawal": ("offers",),
        "brief pause": ("offers",),
        "help pages": ("stories",),
        "brief panel check": ("similar open brief", "what if"),
        "brief panel brief": ("chosen suppliers", "similar earlier briefs"),
        "brief panel supplier": ("own offer", "invitation", "own rank"),
        "company registered": ("first brief",),
        "garden closed": ("courses", "places", "transfers", "suppliers"),
        "garden reopened": ("suppliers",),
        "confirmable acts": ("publish", "withdraw", "award"),
        "company states": ("next steps",),
        "company list panels": ("course companies",),
        "company panels": ("casework", "mandate", "course", "strategy", "outcomes"),
        "own answers to briefs": ("offers",),
        "plan actions": ("briefs",),
        "plan start page": ("course", "brief quality", "outcomes", "stories"),
        "plan export": ("notes",),
        "participation panels": ("casework",),
        "organisation number of a participation": ("aid",),
        "plan course ends": ("course sessions",),
        "plan project periods": ("projects",),
        "plan guide topics": ("procurement guide",),
        "profile panels": ("job facts", "stories", "exposure", "invite"),
        "figure rows": ("report",),
        "missing pages": ("outdated links in messages",),
        "contact subscription": ("course invitations",),
        "link status": ("briefs", "applications", "letters"),
        "services change": ("applications",),
        "profile change": ("rank jumps",),
    }, "register the callback in marketplace/hook_registration.py and list it here"
