"""Settings of the e-mails that a user gets, and unsubscribing with one click from an e-mail."""

from flask import render_template, request

from marketplace.accounts import use_cases
from marketplace.accounts.forms import message_settings_form
from marketplace.accounts.views.base import blueprint, settings
from marketplace.core.errors import or_404
from marketplace.core.i18n import gettext as _
from marketplace.outbox.hooks import describe_subscription
from marketplace.outbox.topics import TOPICS, Delivery, topics_for
from marketplace.outbox.unsubscribe_tokens import read_token
from marketplace.web import access, flashes
from marketplace.web.access import Level
from marketplace.web.redirects import see_other
from marketplace.web.response import ViewResponse
from marketplace.web.viewer import current_viewer


@blueprint.route("/account/messages", methods=["GET", "POST"])
@access.reads_and_writes(
    Level.SIGNED_IN, because="users choose their own e-mails; no form field names another"
)
def message_settings() -> ViewResponse:
    """Choose how messages on each topic are e-mailed."""
    viewer = current_viewer()
    topics = topics_for(viewer)
    form = message_settings_form(topics, use_cases.message_settings(viewer.user_id))
    if form.validate_on_submit():
        choices = {topic: Delivery(form[topic.value].data) for topic in topics}
        use_cases.change_message_settings(viewer, choices)
        flashes.done(_("Saved."))
        return see_other("accounts.message_settings")
    return render_template("accounts/message_settings.html", form=form, topics=topics)


@blueprint.route("/unsubscribe/<token>", methods=["GET", "POST"])
@access.reads_and_writes(
    Level.PUBLIC, because="the signed token in the e-mail authorizes unsubscribing (RFC 8058)"
)
def unsubscribe(token: str) -> ViewResponse:
    """Stop e-mails on a topic. Mail programs send the form without a session; reading the page changes nothing."""
    subscription = or_404(read_token(settings().secret_key, token))
    is_done = request.method == "POST"
    user_id, name = subscription
    if user_id:
        topics = (
            use_cases.unsubscribe(*subscription) if is_done else use_cases.subscribed_topics(*subscription)
        )
        labels = [str(TOPICS[topic].label) for topic in topics]
    else:
        labels = [describe_subscription(name, end=is_done)]
    return render_template(
        "accounts/unsubscribe.html", labels=labels, is_done=is_done, token=token, has_account=bool(user_id)
    )
