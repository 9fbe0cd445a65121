"""Calendar feeds, and the page where an adviser manages a feed."""

from flask import current_app, render_template, request, url_for
from werkzeug.wrappers import Response

from marketplace.core import clock
from marketplace.core.i18n import gettext as _, use_locale
from marketplace.core.icalendar import calendar_file
from marketplace.programme.notices.sessions import session_event
from marketplace.programme.queries.calendar import feed_by_token, own_feed
from marketplace.programme.use_cases import calendar as use_cases
from marketplace.programme.views.base import blueprint
from marketplace.web import access, flashes
from marketplace.web.access import Level
from marketplace.web.redirects import see_other
from marketplace.web.response import ViewResponse
from marketplace.web.viewer import current_viewer

MAX_AGE_SECONDS = 900
OWN_FEED = "every member of a garden has a calendar feed of their own"


@blueprint.get("/calendar/<token>.ics")
@access.public
def calendar_feed(token: str) -> ViewResponse:
    """Send the sessions of a calendar feed, or 304 Not Modified without building the file.

    The response has an ETag but no Last-Modified: the content comes from sessions, cohort, project, seat and language,
    which have no common time of change, and a session that is removed from the feed would not make it later.
    """
    feed = feed_by_token(token)
    response = Response(mimetype="text/calendar")
    response.set_etag(feed.etag)
    response.headers["Cache-Control"] = f"private, max-age={MAX_AGE_SECONDS}"
    if request.if_none_match.contains_weak(feed.etag):
        response.status_code = 304
        return response
    with use_locale(feed.locale):
        content = calendar_file(map(session_event, feed.sessions), clock.now(), name=feed.name)
    response.set_data(content)
    return response


@blueprint.route("/programme/calendar", methods=["GET", "POST"])
@access.reads_and_writes(Level.GARDEN, because=OWN_FEED)
def own_calendar() -> ViewResponse:
    """Show the address of the viewer's calendar feed, and create or replace it."""
    viewer, secret_key = current_viewer(), str(current_app.secret_key)
    if request.method == "POST":
        use_cases.create_feed(viewer, secret_key)
        flashes.done(_("The calendar has a new address. Former ones no longer work."))
        return see_other("programme.own_calendar")
    feed = own_feed(viewer)
    address = ""
    if feed is not None:
        token = use_cases.feed_token(secret_key, feed.nonce)
        address = current_app.config["SETTINGS"].site_url + url_for("programme.calendar_feed", token=token)
    return render_template("programme/calendar.html", address=address)


@blueprint.post("/programme/calendar/revoke")
@access.reads_and_writes(Level.GARDEN, because=OWN_FEED)
def revoke_calendar() -> ViewResponse:
    """Make the address of the viewer's calendar feed invalid."""
    use_cases.revoke_feed(current_viewer())
    flashes.done(_("The address of the calendar no longer works."))
    return see_other("programme.own_calendar")
