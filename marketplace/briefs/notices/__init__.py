"""Notices about briefs, composed in the recipient's language."""

from marketplace.briefs.notices.briefs import (
    brief_amended,
    brief_extended,
    brief_published,
    brief_published_in_area,
    brief_withdrawn,
    file_added,
    garden_question_waits,
    question_answered,
    question_asked,
    question_rejected,
    question_waits,
    review_answered,
    review_asked,
    review_request_withdrawn,
    review_waits,
)
from marketplace.briefs.notices.first_publication import (
    brief_waits,
    first_publication,
    first_publication_returned,
    open_again,
    paused,
    paused_for_suppliers,
    stopped,
)
