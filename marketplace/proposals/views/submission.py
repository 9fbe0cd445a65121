"""Supplier pages: list of offers, edit, submit, withdraw and restore."""

from typing import Any

from flask import jsonify, render_template, request
from werkzeug.wrappers import Response

from marketplace.core.errors import Conflict, NotFound, RuleBroken
from marketplace.core.i18n import format_saved, gettext as _, ngettext
from marketplace.core.identifiers import parse_id
from marketplace.core.optimistic_lock import fingerprint
from marketplace.proposals import queries, use_cases
from marketplace.proposals.duplicate_text import DUPLICATE_THRESHOLD
from marketplace.proposals.forms.offer import OfferForm, offer_form
from marketplace.proposals.forms.reasons import WithdrawOfferForm
from marketplace.proposals.offer_display import OfferDisplay
from marketplace.proposals.offer_validation import OfferProblem
from marketplace.proposals.queries import SupplierOffer
from marketplace.proposals.views import blueprint
from marketplace.web import access, flashes
from marketplace.web.list_filter import read_list_filter, sort_select, state_select
from marketplace.web.query_args import page_arg
from marketplace.web.redirects import see_other
from marketplace.web.request import is_autosave
from marketplace.web.response import ViewResponse
from marketplace.web.uploads import accepts_files, file_response
from marketplace.web.viewer import current_viewer


@blueprint.get("/proposals")
@access.supplier
def index() -> ViewResponse:
    """List the supplier's offers with state and next action."""
    bar = read_list_filter(
        _("Title or company"),
        state_select(
            ("draft", _("Not sent")),
            ("sent", _("Sent")),
            ("won", _("Won jobs")),
            ("lost", _("Not chosen or ruled out")),
            ("other", _("Withdrawn or declined")),
        ),
        sort_select(("", _("Last changed")), ("deadline", _("Latest deadline")), ("title", _("Title"))),
    )
    page = queries.own_offers(current_viewer(), page_arg(), bar.query)
    return render_template("proposals/index.html", page=page, bar=bar, won=bar.query["state"] == "won")


@blueprint.route("/briefs/<reference>/proposal", methods=["GET", "POST"])
@access.supplier
@accepts_files
def edit(reference: str) -> ViewResponse:
    """Edit an offer: save at any time, submit until the deadline."""
    viewer = current_viewer()
    supplier_offer = queries.load_supplier_offer(viewer, reference)
    if not supplier_offer.is_open or supplier_offer.state == "withdrawn":
        if request.method == "GET":
            return _read_only(supplier_offer)
        withdrawn = _("This offer has been withdrawn. Restore it before you change it.")
        raise Conflict(use_cases.why_closed(supplier_offer) or withdrawn)
    form = _form(supplier_offer.for_version(_rendered_version()))
    if request.method == "POST":
        if not form.validate():
            return _save_readable(reference, form)
        return _save_and_submit(reference, form, send=request.form.get("act") == "send")
    _show_problems(form, supplier_offer.problems if request.args.get("missing") else [])
    return _page(supplier_offer, form)


def _rendered_version() -> int | None:
    """Return the number of the brief's version that a submitted form was rendered for, or None if it names none.

    The company may have changed the brief since. The fields of prices and answers are numbered, so they must be read
    with the entries that the supplier saw.
    """
    return parse_id(request.form.get("version", ""))


def _form(supplier_offer: SupplierOffer, **fresh: Any) -> OfferForm:
    return offer_form(
        supplier_offer.requirements,
        supplier_offer.content,
        supplier_offer.proposal.revision if supplier_offer.proposal else 0,
        version=supplier_offer.version.number,
        cases=queries.citable_cases(current_viewer()),
        **fresh,
    )


@blueprint.get("/briefs/<reference>/proposal/files/<int:file_id>")
@access.supplier
def own_file(reference: str, file_id: int) -> Response:
    """Download a file of the supplier's own offer."""
    file, data = queries.own_file(current_viewer(), reference, file_id)
    return file_response(file.name, file.media_type, data)


def _save_readable(reference: str, form: OfferForm) -> ViewResponse:
    """Save the fields without errors. The others keep their text and errors on the page."""
    viewer = current_viewer()
    if not form.csrf_token.errors:
        try:
            saved = use_cases.save(viewer, reference, form.readable_content(), form.seen_revision())
        except (RuleBroken, Conflict) as error:
            return _not_saved(reference, form, error)
        form.seen.data = str(saved.revision)
        if not is_autosave() and not form["files"].errors:
            # Browsers empty the file field when the page is shown again: the file is added now, or it is lost.
            _change_files_or_explain(reference, form)
    if is_autosave():
        message = _("Not everything has been saved yet. %(fault)s", fault=form.all_errors()[0][1])
        return jsonify(saved=message, ok=False, seen=form.seen.data), 422
    supplier_offer = queries.load_supplier_offer(viewer, reference)
    if request.form.get("act") == "send":
        # A field with an invalid value is empty in the saved offer: show its error, not that it is missing.
        unread = {field.name for field in form if field.errors}
        _show_problems(form, [one for one in supplier_offer.problems if one.field not in unread])
    return _page(supplier_offer, form)


def _change_files_or_explain(reference: str, form: OfferForm) -> int | None:
    """Add or remove a file as requested, or show beside the field why it was refused. Returns the new revision."""
    with form.catch_refusal("files"):
        revision = _change_files(reference, form)
        if revision is not None:
            form.seen.data = str(revision)
        return revision
    return None


def _save_and_submit(reference: str, form: OfferForm, *, send: bool) -> ViewResponse:
    """Save the offer, and submit it if requested and complete."""
    viewer = current_viewer()
    try:
        saved = use_cases.save(viewer, reference, form.content(), form.seen_revision())
    except (RuleBroken, Conflict) as error:
        return _not_saved(reference, form, error)
    if is_autosave():
        return _autosave_answer(format_saved(saved.updated_at), 200, str(saved.revision))
    form.seen.data = str(saved.revision)
    revision = _change_files_or_explain(reference, form)
    if form["files"].errors:
        return _page(queries.load_supplier_offer(viewer, reference), form)
    if _rendered_version() not in {None, queries.load_supplier_offer(viewer, reference).version.number}:
        flashes.note(
            _(
                "The brief was changed while you were writing. What you wrote is saved. Read what has changed before you send the offer."
            )
        )
        return see_other("proposals.edit", reference=reference)
    if send:
        return _send(reference, revision or saved.revision)
    if revision is None:
        flashes.done(_("Saved. Only you can see it."))
    return see_other("proposals.edit", reference=reference, _anchor="part-files" if revision else None)


def _change_files(reference: str, form: OfferForm) -> int | None:
    """Add or remove a file as requested. Returns the new revision, or None if nothing is changed. Raises RuleBroken."""
    viewer, upload = current_viewer(), form["files"]
    if removed := parse_id(request.form.get("remove_file", "")):
        flashes.done(_("The file is removed. The rest is saved."))
        return use_cases.remove_file(viewer, reference, removed).revision
    if upload.is_chosen:
        attached = use_cases.attach_file(viewer, reference, *upload.chosen())
        upload.data = None
        flashes.done(_("The file is added. Only you can see it."))
        return attached.revision
    if request.form.get("act") == "attach":
        raise RuleBroken(_("Choose a file."))
    return None


def _send(reference: str, revision: int) -> ViewResponse:
    """Submit the saved offer if it is complete, and say what happened."""
    viewer = current_viewer()
    supplier_offer = queries.load_supplier_offer(viewer, reference)
    problems = supplier_offer.problems
    if problems:
        flashes.note(
            ngettext(
                "Saved, but not sent: %(num)s item is missing.",
                "Saved, but not sent: %(num)s items are missing.",
                len(problems),
            )
        )
        return see_other("proposals.edit", reference=reference, missing=1)
    try:
        sent = use_cases.submit(viewer, reference, revision)
    except (RuleBroken, Conflict) as error:
        flashes.warn(error.message)
        return see_other("proposals.edit", reference=reference)
    title = supplier_offer.requirements.title
    flashes.done(
        _("The offer on “%(title)s” has been sent. You can change it until the deadline.", title=title)
    )
    if queries.count_duplicate_offers(sent) >= DUPLICATE_THRESHOLD:
        flashes.note(
            _(
                "You describe this job in the same words as other suppliers. Companies are told this when they compare offers. Write what it means for this job."
            )
        )
    return see_other("proposals.index")


def _autosave_answer(message: str, status: int, seen: str = "") -> tuple[Response, int]:
    """Return the result of a background save; `seen` is the new revision if it succeeded."""
    return jsonify(saved=message, ok=bool(seen), seen=seen), status


def _not_saved(reference: str, form: OfferForm, error: RuleBroken | Conflict) -> ViewResponse:
    """Render the form again with the submitted values, and the broken rule or a colleague's changes beside them."""
    if is_autosave():
        return _autosave_answer(error.message, 409 if isinstance(error, Conflict) else 422)
    supplier_offer = queries.load_supplier_offer(current_viewer(), reference)
    if not supplier_offer.is_open:
        raise error
    if isinstance(error, Conflict) and supplier_offer.proposal is not None:
        saved = _form(supplier_offer.for_version(_rendered_version()), formdata=None)
        form.show_conflict(saved, error.message)
        form.seen.data = str(error.current.get("revision", ""))
        return _page(supplier_offer, form)
    form.add_rule_error(RuleBroken(error.message))
    return _page(supplier_offer, form)


def _show_problems(form: OfferForm, problems: list[OfferProblem]) -> None:
    """Show each missing field's error beside it."""
    for problem in problems:
        form.add_rule_error(RuleBroken(problem.message, problem.field))


def _page(supplier_offer: SupplierOffer, form: OfferForm) -> str:
    return render_template(
        "proposals/edit.html",
        supplier_offer=supplier_offer,
        form=form,
        problems=supplier_offer.problems,
        owned=supplier_offer.requirements.ownership_labels,
        can_send=current_viewer().is_owner,
    )


def _read_only(supplier_offer: SupplierOffer) -> ViewResponse:
    if supplier_offer.proposal is None:
        if not supplier_offer.is_open and not supplier_offer.can_answer:
            raise NotFound
        return render_template("proposals/closed_offer.html", supplier_offer=supplier_offer, display=None)
    content = supplier_offer.sent or supplier_offer.content
    display = OfferDisplay(content, supplier_offer.requirements.ownership_labels, is_own=True)
    return render_template("proposals/closed_offer.html", supplier_offer=supplier_offer, display=display)


@blueprint.route("/briefs/<reference>/proposal/withdraw", methods=["GET", "POST"])
@access.supplier_owner
def withdraw(reference: str) -> ViewResponse:
    """Withdraw an offer after a confirmation page."""
    viewer = current_viewer()
    supplier_offer = queries.load_supplier_offer(viewer, reference)
    if not supplier_offer.is_sent:
        raise NotFound
    form = WithdrawOfferForm()
    form.fingerprint = fingerprint(supplier_offer.phase)
    if form.expected_fingerprint() not in {None, form.fingerprint}:
        form.add_form_error(
            _(
                "The deadline has passed since you opened the page, so the offer can no longer be restored. Send again if you still want to withdraw it."
            )
        )
    elif form.validate_on_submit():
        use_cases.withdraw(viewer, reference, form.reason.data or "")
        flashes.done(_("The offer has been withdrawn."))
        return see_other("proposals.edit", reference=reference)
    return render_template("proposals/withdraw.html", supplier_offer=supplier_offer, form=form)


@blueprint.post("/briefs/<reference>/proposal/resume")
@access.supplier_owner
def resume(reference: str) -> ViewResponse:
    """Restore a withdrawn offer."""
    use_cases.resume(current_viewer(), reference)
    flashes.done(_("The offer is a draft again. Send it before the deadline."))
    return see_other("proposals.edit", reference=reference)
