"""Submitted form as it is kept for recovery: read from a request, bound to its author, and encrypted."""

import base64
import hashlib
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from cryptography.fernet import Fernet, InvalidToken
from flask import current_app, g, request, session
from itsdangerous import BadSignature, URLSafeTimedSerializer
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException

from marketplace.core import clock
from marketplace.web.redirects import safe_path
from marketplace.web.request_body import oversized_text
from marketplace.web.uploads import has_uploads
from marketplace.web.viewer import acting_organisation_id, current_person, current_viewer

LIFETIME_SECONDS = 12 * 3600
"""As long as the longest session by default: a person may submit a form before a meeting and sign in after it."""
MAX_BYTES = 2 * 1024 * 1024
MAX_SEALED_CHARACTERS = 768 * 1024
PENDING_FORM_FIELD = "kept_form"
ACTION_FIELD = "form_action"
CARRYING_ENDPOINTS = frozenset(
    {
        "accounts.sign_in",
        "accounts.demo_sign_in",
        "accounts.enter_code",
        "accounts.begin_two_factor",
        "accounts.confirm_two_factor",
        "accounts.continue_form",
        "pages.choose_language",
    }
)
"""Views that receive an encrypted form."""
SECRET_FIELDS = frozenset({"old", "present", "code"})
SECRET_PART = "password"  # noqa: S105 because it is a part of field names
CONTROL_FIELDS = frozenset(
    {"csrf_token", "seen", "revision", "then", "act", "decision", "next", PENDING_FORM_FIELD, ACTION_FIELD}
)
"""Hidden fields and buttons, which nobody types."""


def is_secret(name: str) -> bool:
    """Return True for fields with passwords and codes, which are never kept."""
    return name in SECRET_FIELDS or SECRET_PART in name


def can_type_in(name: str) -> bool:
    """Return True for fields whose values are kept as drafts: no passwords, codes, tokens or buttons."""
    return bool(name) and not is_secret(name) and name not in CONTROL_FIELDS


@dataclass(frozen=True, slots=True)
class Submission:
    """A submitted form. `path` is its action, `page` the page it was on, `author` the user it was rendered for.

    `organisation` is the id of the organisation that the author acted for, 0 for none, and None if unknown.

    An unverified submission has no CSRF token of ours and may come from another site: its text may be shown, but not
    put into a form. `same_session` is True if its token belongs to the current session cookie.
    """

    path: str
    page: str
    author: int | None
    fields: tuple[tuple[str, str], ...]
    is_verified: bool = True
    same_session: bool = False
    has_files: bool = False
    organisation: int | None = None

    @property
    def typed(self) -> list[tuple[str, str]]:
        """Names and values of the fields that a person may have typed in."""
        return [(name, value) for name, value in self.fields if name not in CONTROL_FIELDS and value.strip()]

    @property
    def belongs_to_viewer(self) -> bool:
        """Return True if the current user, or a visitor, wrote it."""
        return self.author is None or self.author == current_person().user_id

    @property
    def is_for_current_organisation(self) -> bool:
        """Return True unless it was written for another organisation than the one that the user acts for now."""
        if self.organisation is None or not current_viewer().is_signed_in:
            return True
        return self.organisation == acting_organisation_id()

    def pages(self) -> Iterator[str]:
        """Yield the pages that may contain the form: its page, its action, also without a query, and the action's parents."""
        path = urlsplit(self.path).path
        parents = ["/".join(path.split("/")[:count]) for count in range(path.count("/") + 1, 1, -1)]
        yield from dict.fromkeys(page for page in (self.page, self.path, *parents) if page)


def read() -> Submission | None:
    """Return the form of the current request, or None if there is nothing in it to keep."""
    if request.method != "POST":
        return None
    try:
        form = g.get("oversized_form") or request.form
        has_files = _has_files()
    except HTTPException:
        return None
    fields = tuple(
        (name, value)
        for name, value in form.items(multi=True)
        if not is_secret(name) and name not in {"csrf_token", PENDING_FORM_FIELD, ACTION_FIELD}
    )
    token, action = form.get("csrf_token", ""), form.get(ACTION_FIELD)
    raw = _token_secret(token)
    is_verified = not _is_cross_origin() and (raw is not None or _is_same_origin())
    raw = raw or (session.get("csrf_token") if is_verified else None)
    return Submission(
        safe_path(action) or request.full_path.rstrip("?"),
        _page_of(action),
        _author_of(raw),
        fields,
        is_verified=is_verified,
        same_session=raw is not None and raw == session.get("csrf_token"),
        has_files=has_files,
        organisation=_organisation_of(raw),
    )


def _has_files() -> bool:
    if "oversized_form" in g:  # its files were discarded; without them, it would seldom have been too large
        return has_uploads(current_app.view_functions[request.endpoint or ""])
    return any(file.filename for file in request.files.values())


def has_text() -> bool:
    """Return True if the submitted form contains text or choices of a person."""
    submission = read()
    return submission is not None and bool(submission.typed)


def read_oversized_form() -> None:
    """Read the text of a form that was refused for its size. Call this at most once per request."""
    g.oversized_form = MultiDict(oversized_text())


def referring_page() -> str | None:
    """Return path and query of the page on this site that the request came from, or None."""
    parts = urlsplit(request.referrer or "")
    if parts.netloc != request.host:
        return None
    return safe_path(parts.path + (f"?{parts.query}" if parts.query else ""))


def _page_of(action: str | None) -> str:
    named = safe_path(request.args.get("next")) if action else None
    return named or referring_page() or ""


def _is_same_origin() -> bool:
    return urlsplit(request.headers.get("Origin", "")).netloc == request.host


def _is_cross_origin() -> bool:
    return "Origin" in request.headers and not _is_same_origin()


def new_token_secret(user_id: int | None) -> str:
    """Return a random secret for the CSRF tokens of a session. It names the user its forms are rendered for."""
    secret = hashlib.sha256(Fernet.generate_key()).hexdigest()[:40]
    return secret if user_id is None else f"{secret}.{user_id}"


def name_organisation_in_token(organisation_id: int) -> None:
    """Name the organisation that the user acts for in the CSRF tokens of the page that is rendered now."""
    secret = _with_organisation(session["csrf_token"], organisation_id)
    if session["csrf_token"] != secret:
        session["csrf_token"] = secret


def accept_token_of_other_organisation() -> None:
    """Accept the token of a form that this session rendered before the user chose another organisation.

    `organisation_of_form` returns the organisation, for a check once it is known what the form does.
    """
    secret = _token_secret(request.form.get("csrf_token", ""))
    if secret is not None and _with_organisation(secret, 0) == _with_organisation(session["csrf_token"], 0):
        session["csrf_token"] = secret


def organisation_of_form() -> int | None:
    """Return the id of the organisation that the submitted form was rendered for, 0 for none, or None if unknown."""
    return _organisation_of(_token_secret(request.form.get("csrf_token", "")))


def _organisation_of(secret: str | None) -> int | None:
    """Return the organisation that a secret names as its third part."""
    organisation_id = [*(secret or "").split("."), "", ""][2]
    return int(organisation_id) if organisation_id.isascii() and organisation_id.isdigit() else None


def _with_organisation(secret: str, organisation_id: int) -> str:
    return ".".join([*secret.split(".")[:2], str(organisation_id)])


def _token_secret(token: str) -> str | None:
    """Return the session secret in a CSRF token signed by this site, even if it has expired or is from an earlier session."""
    signer = URLSafeTimedSerializer(str(current_app.secret_key), salt="wtf-csrf-token")
    try:
        return str(signer.loads(token))
    except BadSignature:
        return None


def _author_of(secret: str | None) -> int | None:
    person = current_person()
    if secret is None or (secret == session.get("csrf_token") and person.is_signed_in):
        return person.user_id
    user_id = [*secret.split("."), ""][1]
    return int(user_id) if user_id.isascii() and user_id.isdigit() else None


def is_token_of_viewer(token: str) -> bool:
    """Return True if a CSRF token, even from an earlier session, was made for the current user and organisation."""
    secret, person = _token_secret(token), current_person()
    if secret is None or not person.is_signed_in or _author_of(secret) != person.user_id:
        return False
    return _organisation_of(secret) in {None, acting_organisation_id()}


def _fernet() -> Fernet:
    key = hashlib.sha256(b"form recovery:" + str(current_app.secret_key).encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))


def seal(submission: Submission) -> str | None:
    """Encrypt and sign a submission, or return None if it is too large to travel in a form."""
    content = [
        submission.path,
        submission.page,
        submission.author,
        submission.fields,
        submission.has_files,
        submission.organisation,
    ]
    packed = zlib.compress(json.dumps(content, ensure_ascii=False).encode("utf-8", "surrogatepass"))
    sealed = _fernet().encrypt_at_time(packed, int(clock.now().timestamp())).decode("ascii")
    return sealed if len(sealed) <= MAX_SEALED_CHARACTERS else None


def unseal(sealed: str) -> Submission | None:
    """Return a sealed submission, or None if it was changed or is too old."""
    try:
        packed = _fernet().decrypt_at_time(sealed.encode(), LIFETIME_SECONDS, int(clock.now().timestamp()))
    except InvalidToken:
        return None
    content = zlib.decompressobj().decompress(packed, 4 * MAX_BYTES)
    # A submission that an earlier version sealed names no organisation.
    path, page, author, fields, has_files, *rest = json.loads(content.decode("utf-8", "surrogatepass"))
    pairs = tuple((name, value) for name, value in fields)
    return Submission(path, page, author, pairs, has_files=has_files, organisation=next(iter(rest), None))
