"""Recovery of submitted forms: no text is lost when a form cannot be processed.

A form that was refused before its view could show it again (expired session or CSRF token, conflict, oversized body,
rate limit, unavailable database) is shown on its own page with the submitted values. If the person must sign in
first, the values travel through the sign-in pages in an encrypted hidden field; the server stores nothing. A page
that no longer has the form is replaced by the text in boxes to copy from.
"""

from marketplace.web.form_recovery.refill import restore_drafts
from marketplace.web.form_recovery.responses import (
    ask_to_sign_in,
    field_page,
    is_draft_form_on_page,
    pending_form,
    recover,
    refuse_form_of_other_organisation,
    register,
    renew_token,
    rerender_form,
    resume,
)
from marketplace.web.form_recovery.submission import (
    CARRYING_ENDPOINTS,
    can_type_in,
    has_text,
    read_oversized_form,
    referring_page,
)
