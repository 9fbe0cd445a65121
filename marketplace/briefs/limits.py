"""Limits of briefs: lengths of texts as (minimum, maximum) characters, numbers of drafts, files and questions.

The lengths of answers in the guide are in its file, `data/guide/v1.yaml`.
"""

MAX_DRAFTS = 200
"""Maximum number of a company's drafts."""
MAX_FILES = 5
"""Maximum number of files attached to a brief."""

QUESTION_LENGTH = (10, 1000)
PUBLIC_QUESTION_LENGTH = (5, 1000)
"""A question as the company words it for everyone."""
ANSWER_LENGTH = (2, 2000)
MAX_UNANSWERED_QUESTIONS = 5
"""Maximum number of a supplier's unanswered questions about a brief."""

MIN_REASON_LENGTH = 10
REASON_LENGTH = (MIN_REASON_LENGTH, 1000)
"""A reason for withdrawing a brief, or for returning the first brief of a company."""

MAX_REVIEW_REQUEST_LENGTH = 1000
MAX_REVIEW_COMMENT_LENGTH = 2000
MAX_TOPIC_COMMENT = 1000
"""Length of a garden's comment on one topic of a draft."""
