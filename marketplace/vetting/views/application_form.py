"""Page for applying."""

from dataclasses import replace

from flask import render_template, request, url_for
from werkzeug.utils import redirect

from marketplace.accounts.views import hash_cost, remember_registration, request_origin
from marketplace.core.i18n import current_locale, default_locale, gettext as _
from marketplace.organisations import use_cases as organisations
from marketplace.suppliers.forms import choices
from marketplace.vetting import use_cases
from marketplace.vetting.forms import ApplyFields, ApplyForm, RegisterAndApplyForm
from marketplace.vetting.rules import PROMISED_WORKING_DAYS
from marketplace.vetting.views.base import blueprint
from marketplace.web import access, flashes
from marketplace.web.access import Level
from marketplace.web.redirects import safe_path, see_other
from marketplace.web.response import ViewResponse
from marketplace.web.viewer import current_token, current_viewer


@blueprint.route("/suppliers/apply", methods=["GET", "POST"])
@access.reads_and_writes(
    Level.PUBLIC, because="anyone can apply; a garden reviews the application before it takes effect"
)
def apply() -> ViewResponse:
    """Apply for approval, and create an account unless signed in."""
    viewer, target = current_viewer(), safe_path(request.args.get("next"))
    initial = {
        "languages": [default_locale()],
        "text_locale": current_locale(),
        "presence": ["remote", "on_site"],
    }
    form: ApplyFields = ApplyForm(data=initial) if viewer.is_signed_in else RegisterAndApplyForm(data=initial)
    if form.validate_on_submit():
        with form.catch_refusal():
            if isinstance(form, RegisterAndApplyForm):
                person = replace(form.person(target or ""), origin=request_origin())
                application = form.application(person.name, person.email)
                key = use_cases.register_supplier(person, application, hash_cost())
                remember_registration(key, person.email, person.target)
                return see_other("accounts.check_mail")
            membership_id = use_cases.create_own_supplier(viewer, form.application(viewer.name, viewer.email))
            organisations.choose_organisation(viewer, current_token() or "", membership_id)
            flashes.done(
                _(
                    "Your application has been sent. You will get an e-mail when the business garden has reviewed it."
                )
            )
            return redirect(target or url_for("vetting.profile"), 303)
    return render_template(
        "vetting/apply.html",
        form=form,
        target=target,
        promised_days=PROMISED_WORKING_DAYS,
        service_groups=choices.service_groups(),
        area_groups=choices.area_groups(form.areas.data or ()),
    )
