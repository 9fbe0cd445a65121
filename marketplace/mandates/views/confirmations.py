"""Pages on which an adviser asks for a confirmation, and on which an owner answers, with or without signing in."""

from flask import redirect, render_template, url_for

from marketplace.core.errors import Conflict, NotFound, RuleBroken
from marketplace.core.i18n import gettext as _
from marketplace.mandates.forms import AskConfirmationForm, DeclineForm
from marketplace.mandates.hooks import find_act
from marketplace.mandates.queries import confirmations as queries
from marketplace.mandates.queries.confirmations import OwnerConfirmation
from marketplace.mandates.rules import Outcome
from marketplace.mandates.use_cases import confirmations as use_cases
from marketplace.mandates.views.base import blueprint
from marketplace.web import access, flashes
from marketplace.web.forms.editing import add
from marketplace.web.redirects import see_other
from marketplace.web.response import ViewResponse
from marketplace.web.viewer import current_viewer

BY_LINK = "the secret link authorizes one owner of the company to answer"


@blueprint.route("/mandate/<act_code>/<reference>", methods=["GET", "POST"])
@access.company
def ask_confirmation(act_code: str, reference: str) -> ViewResponse:
    """Ask the owners to confirm an act, while writing for the company."""
    viewer, act = current_viewer(), find_act(act_code)
    if not viewer.is_mandated:
        raise NotFound
    if act.form_path is not None:
        return redirect(act.form_path(reference), 303)
    summary = act.summarize(viewer, reference, {})
    form = AskConfirmationForm(act.text_label)
    if add(
        form,
        lambda form: use_cases.ask_for_confirmation(viewer, act_code, reference, form.text.data or ""),
    ):
        flashes.done(
            _(
                "The owners have received an e-mail with a link. You get a message when one of them has answered."
            )
        )
        return see_other("mandates.ask_confirmation", act_code=act_code, reference=reference)
    last = queries.last_confirmation(viewer.organisation_id, act_code, reference)
    waits = last is not None and use_cases.was_just_asked(last, summary.revision)
    return render_template(
        "mandates/ask.html",
        act=act,
        act_code=act_code,
        reference=reference,
        summary=summary,
        form=form,
        last=last,
        waits=waits and not form.errors,
    )


@blueprint.route("/confirmations/<token>", methods=["GET", "POST"])
@access.reads_and_writes(access.Level.PUBLIC, because=BY_LINK)
def confirmation(token: str) -> ViewResponse:
    """Show an owner, by e-mailed link, the act to confirm, and perform the act once confirmed."""
    found = queries.confirmation_by_token(token, current_viewer().user_id)
    here = url_for("mandates.confirmation", token=token)
    return _answer(found, here, url_for("mandates.decline_confirmation", token=token))


@blueprint.post("/confirmations/<token>/decline")
@access.reads_and_writes(access.Level.PUBLIC, because=BY_LINK)
def decline_confirmation(token: str) -> ViewResponse:
    """Decline the confirmation, with a reason for the adviser."""
    found = queries.confirmation_by_token(token, current_viewer().user_id)
    here = url_for("mandates.confirmation", token=token)
    return _decline(found, here, url_for("mandates.decline_confirmation", token=token))


@blueprint.route("/organisation/confirmations/<int:confirmation_id>", methods=["GET", "POST"])
@access.company_owner
def own_confirmation(confirmation_id: int) -> ViewResponse:
    """Show a signed-in owner the act to confirm, and perform the act once confirmed."""
    found = queries.own_confirmation(current_viewer(), confirmation_id)
    here = url_for("mandates.own_confirmation", confirmation_id=confirmation_id)
    return _answer(found, here, url_for("mandates.decline_own_confirmation", confirmation_id=confirmation_id))


@blueprint.post("/organisation/confirmations/<int:confirmation_id>/decline")
@access.company_owner
def decline_own_confirmation(confirmation_id: int) -> ViewResponse:
    """Decline the confirmation, with a reason for the adviser."""
    found = queries.own_confirmation(current_viewer(), confirmation_id)
    here = url_for("mandates.own_confirmation", confirmation_id=confirmation_id)
    return _decline(
        found, here, url_for("mandates.decline_own_confirmation", confirmation_id=confirmation_id)
    )


def _answer(found: OwnerConfirmation, here: str, decline_url: str) -> ViewResponse:
    """Perform the act if the form was submitted, and show the confirmation."""
    form = DeclineForm(formdata=None)
    problem = ""
    if form.is_submitted() and found.owner is not None:
        try:
            done = use_cases.confirm_act(found.owner, found.confirmation.id)
        except (RuleBroken, Conflict) as error:
            problem = error.message
        else:
            if done.outcome == Outcome.CONFIRMED:
                flashes.done(str(find_act(done.act).done))
            return redirect(here, 303)
    return _page(found, form, here, decline_url, problem=problem)


def _decline(found: OwnerConfirmation, here: str, decline_url: str) -> ViewResponse:
    """Store that the owner declines."""
    form, owner = DeclineForm(), found.owner
    if owner is None:
        return _page(found, form, here, decline_url)
    if add(form, lambda form: use_cases.decline_act(owner, found.confirmation.id, form.reason.data or "")):
        flashes.done(_("Your adviser has been notified."))
        return redirect(here, 303)
    return _page(found, form, here, decline_url)


def _page(
    found: OwnerConfirmation, form: DeclineForm, here: str, decline_url: str, *, problem: str = ""
) -> ViewResponse:
    confirmation, summary = found.confirmation, found.summary
    is_unchanged = summary is not None and summary.revision == confirmation.revision
    html = render_template(
        "mandates/confirmation.html",
        confirmation=confirmation,
        act=find_act(confirmation.act),
        summary=summary,
        act_values=summary.values if summary else {},
        is_owner=found.owner is not None,
        addressee=found.addressee,
        can_answer=confirmation.is_open and is_unchanged and found.owner is not None,
        is_changed=confirmation.outcome == Outcome.CHANGED or (confirmation.is_open and not is_unchanged),
        form=form,
        here=here,
        decline_url=decline_url,
        problem=problem,
    )
    return html, 403 if found.addressee else 409 if problem else 200
