"""Every hook callback of the application, registered explicitly when the application is created."""

from marketplace.accounts import hooks as account_hooks
from marketplace.briefs import hooks as brief_hooks
from marketplace.briefs.confirmable_withdrawal import WITHDRAWAL
from marketplace.briefs.guide.questions import topic_titles
from marketplace.briefs.panels import PanelSlot, panel_slots
from marketplace.briefs.queries.link_status import brief_link_status
from marketplace.briefs.use_cases import create_first_draft
from marketplace.briefs.views.action_briefs import action_panels, quality_panel
from marketplace.casework import hooks as casework_hooks
from marketplace.casework.queries.notes import exported_notes
from marketplace.casework.views.panels import casework_panel, participation_casework_panel
from marketplace.directory.hooks import profile_panels
from marketplace.finance.use_cases.aid import check_number_change
from marketplace.mandates import hooks as mandate_hooks
from marketplace.mandates.views.acting import mandate_panel
from marketplace.organisations import hooks as organisation_hooks
from marketplace.organisations.use_cases import add_registered_company
from marketplace.outbox import hooks as outbox_hooks
from marketplace.outbox.views import outdated_link_page
from marketplace.pages.queries.company_next_steps import company_states
from marketplace.programme import hooks as programme_hooks
from marketplace.programme.queries.project_periods import course_ends, project_periods
from marketplace.programme.use_cases.company_link import link_participations
from marketplace.programme.use_cases.invitations import course_subscription
from marketplace.programme.use_cases.projects import (
    close_sign_up_of_garden,
    report_places_of_closed_garden,
)
from marketplace.programme.views.own_course import course_panel, plan_start_panel, without_account_panel
from marketplace.proposals.confirmable_award import AWARD
from marketplace.proposals.models.offers import Proposal
from marketplace.proposals.queries.own_answers import letter_link_status, own_answers
from marketplace.proposals.use_cases.lapse import close_with_brief, has_sent_offers
from marketplace.proposals.views.outcomes import job_facts_panel, outcome_panel, plan_outcomes_panel
from marketplace.proposals.views.own_offer import own_offer_panel
from marketplace.proposals.views.similar_brief_outcomes import similar_earlier_briefs_panel
from marketplace.proposals.views.stories import help_stories_panel, plan_stories_panel, profile_stories_panel
from marketplace.reporting.views.figure_lists import counted_rows
from marketplace.sourcing import hooks as sourcing_hooks
from marketplace.sourcing.confirmable_publication import PUBLICATION
from marketplace.sourcing.models import Invitation
from marketplace.sourcing.ranking.rank_jumps import rank_jump_check
from marketplace.sourcing.views.early_choice import chosen_suppliers_panel
from marketplace.sourcing.views.invitations import invitation_panel
from marketplace.sourcing.views.outside_invitations import application_notes
from marketplace.sourcing.views.panels import exposure_panel, own_rank_panel, similar_open_brief_panel
from marketplace.sourcing.views.ranking import invite_panel
from marketplace.sourcing.views.what_if import what_if_panel
from marketplace.strategy import hooks as strategy_hooks
from marketplace.strategy.views.shared_plan import strategy_panel
from marketplace.suppliers import hooks as supplier_hooks
from marketplace.vetting import hooks as vetting_hooks
from marketplace.vetting.queries.link_status import vetting_link_status
from marketplace.vetting.use_cases import (
    add_registered_supplier,
    apply_for_new_categories,
    decline_transfers_to_closed_garden,
    move_suppliers_of_closed_garden,
    return_suppliers_of_reopened_garden,
)
from marketplace.web import counted_rows as report_filter, missing_pages


def register_hooks() -> None:  # noqa: PLR0915 because each callback is a statement
    """Register all callbacks. Calling it again changes nothing."""
    account_hooks.registration.register("company", add_registered_company)
    account_hooks.registration.register("supplier", add_registered_supplier)
    organisation_hooks.company_registered.register("first brief", create_first_draft)
    organisation_hooks.identity_changed.register("participations", link_participations)
    organisation_hooks.company_list_panels.register("course companies", without_account_panel)
    organisation_hooks.company_panels.register("casework", casework_panel)
    casework_hooks.company_states.register("next steps", company_states)
    organisation_hooks.company_panels.register("mandate", mandate_panel)
    mandate_hooks.confirmable_acts.register("publish", PUBLICATION)
    mandate_hooks.confirmable_acts.register("withdraw", WITHDRAWAL)
    mandate_hooks.confirmable_acts.register("award", AWARD)
    programme_hooks.participation_panels.register("casework", participation_casework_panel)
    programme_hooks.number_change.register("aid", check_number_change)
    strategy_hooks.plan_export.register("notes", exported_notes)
    organisation_hooks.company_panels.register("course", course_panel)
    strategy_hooks.course_ends.register("course sessions", course_ends)
    strategy_hooks.project_periods.register("projects", project_periods)
    strategy_hooks.guide_topics.register("procurement guide", topic_titles)
    organisation_hooks.company_panels.register("strategy", strategy_panel)
    organisation_hooks.company_panels.register("outcomes", outcome_panel)
    strategy_hooks.plan_start_panels.register("course", plan_start_panel)
    brief_hooks.supplier_access.register("invitations", (Invitation.brief_id, Invitation.supplier_id))
    brief_hooks.supplier_access.register("offers", (Proposal.brief_id, Proposal.supplier_id))
    brief_hooks.withdrawal.register("offers", close_with_brief)
    brief_hooks.pause_blockers.register("offers", has_sent_offers)
    panel_slots[PanelSlot.CHECK].register("similar open brief", similar_open_brief_panel)
    panel_slots[PanelSlot.CHECK].register("what if", what_if_panel)
    panel_slots[PanelSlot.BRIEF].register("chosen suppliers", chosen_suppliers_panel)
    panel_slots[PanelSlot.BRIEF].register("similar earlier briefs", similar_earlier_briefs_panel)
    panel_slots[PanelSlot.SUPPLIER].register("own offer", own_offer_panel)
    panel_slots[PanelSlot.SUPPLIER].register("invitation", invitation_panel)
    panel_slots[PanelSlot.SUPPLIER].register("own rank", own_rank_panel)
    sourcing_hooks.own_answers.register("offers", own_answers)
    strategy_hooks.action_panels.register("briefs", action_panels)
    strategy_hooks.plan_start_panels.register("brief quality", quality_panel)
    strategy_hooks.plan_start_panels.register("outcomes", plan_outcomes_panel)
    strategy_hooks.plan_start_panels.register("stories", plan_stories_panel)
    brief_hooks.help_panels.register("stories", help_stories_panel)
    profile_panels.register("job facts", job_facts_panel)
    profile_panels.register("stories", profile_stories_panel)
    profile_panels.register("exposure", exposure_panel)
    profile_panels.register("invite", invite_panel)
    organisation_hooks.garden_closed.register("courses", close_sign_up_of_garden)
    organisation_hooks.garden_closed.register("places", report_places_of_closed_garden)
    organisation_hooks.garden_closed.register("transfers", decline_transfers_to_closed_garden)
    organisation_hooks.garden_closed.register("suppliers", move_suppliers_of_closed_garden)
    organisation_hooks.garden_reopened.register("suppliers", return_suppliers_of_reopened_garden)
    vetting_hooks.application_notes.register("invitations by e-mail", application_notes)
    supplier_hooks.services_change.register("applications", apply_for_new_categories)
    supplier_hooks.profile_change.register("rank jumps", rank_jump_check)
    report_filter.figure_rows.register("report", counted_rows)
    missing_pages.replacements.register("outdated links in messages", outdated_link_page)
    outbox_hooks.contact_subscription.register("course invitations", course_subscription)
    outbox_hooks.link_status.register("briefs", brief_link_status)
    outbox_hooks.link_status.register("applications", vetting_link_status)
    outbox_hooks.link_status.register("letters", letter_link_status)
