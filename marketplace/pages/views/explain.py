"""Explanatory pages: how it works, how we rank, privacy, accessibility, business gardens; language choice."""

from flask import abort, redirect, render_template, request, url_for

from marketplace.core.i18n import LOCALES
from marketplace.matching import MatchingSettings
from marketplace.organisations import queries as organisations
from marketplace.pages.ranking_facts import describe_parts, quality_figures
from marketplace.pages.views import blueprint
from marketplace.privacy.retention_periods import PERIODS
from marketplace.proposals.use_cases.emergency_access import EMERGENCY_ACCESS_MINUTES
from marketplace.sourcing.limits import MAX_INVITED
from marketplace.sourcing.queries.exposure import SHOWN_RANKS
from marketplace.sourcing.ranking import rank_jumps
from marketplace.vetting.rules import PROMISED_WORKING_DAYS
from marketplace.web import access, form_recovery
from marketplace.web.access import Level
from marketplace.web.locale import choose, set_locale_cookie
from marketplace.web.redirects import safe_path
from marketplace.web.response import ViewResponse
from marketplace.web.viewer import current_garden


@blueprint.route("/language/<locale>", methods=["GET", "POST"])
@access.reads_and_writes(
    Level.PUBLIC, because="visitors choose the language; a submitted form is only shown again"
)
def choose_language(locale: str) -> ViewResponse:
    """Store the reader's language and redirect back. A submitted form is shown again in that language."""
    if locale not in LOCALES:
        abort(404)
    choose(locale)
    answer = form_recovery.rerender_form() or redirect(
        safe_path(request.args.get("next")) or url_for("pages.front"), 303
    )
    set_locale_cookie(answer, locale)
    return answer


@blueprint.get("/how-it-works")
@access.public
def how_it_works() -> ViewResponse:
    """Explain the process from need to result."""
    return render_template(
        "pages/how_it_works.html", max_invited=MAX_INVITED, promised_days=PROMISED_WORKING_DAYS
    )


@blueprint.get("/how-we-rank")
@access.public
def how_we_rank() -> ViewResponse:
    """Explain how suppliers are ranked, from the live settings."""
    settings = MatchingSettings()
    return render_template(
        "pages/how_we_rank.html",
        parts=describe_parts(settings),
        quality=quality_figures(),
        fair_width=settings.fair_width,
        counts_as_shown=SHOWN_RANKS,
        jumps=rank_jumps,
    )


@blueprint.get("/privacy")
@access.public
def privacy() -> ViewResponse:
    """Show which personal data is stored, why, and for how long."""
    return render_template("pages/privacy.html", periods=PERIODS, emergency_minutes=EMERGENCY_ACCESS_MINUTES)


@blueprint.get("/accessibility")
@access.public
def accessibility() -> ViewResponse:
    """Show the accessibility statement."""
    return render_template("pages/accessibility.html")


@blueprint.get("/gardens")
@access.public
def gardens() -> ViewResponse:
    """List the business gardens and how to contact an adviser."""
    own = current_garden()
    gardens = sorted(organisations.gardens(), key=lambda garden: own is None or garden.id != own.id)
    return render_template("pages/gardens.html", gardens=gardens, own_id=own.id if own else None)
