"""Creating and removing administrators, and closing accounts."""

from sqlalchemy import select

from marketplace.accounts import queries
from marketplace.accounts.models import User
from marketplace.accounts.password_hashing import HashCost
from marketplace.accounts.use_cases.one_time_links import revoke_links
from marketplace.accounts.use_cases.registration import NewPerson, add_verified, prepare_account
from marketplace.accounts.use_cases.sessions import end_sessions_of
from marketplace.audit.use_cases import record
from marketplace.core.database import session, transaction
from marketplace.core.email_address import InvalidEmailError, normalize_email, parse_email
from marketplace.core.errors import Forbidden, NotFound, RuleBroken
from marketplace.core.i18n import gettext as _
from marketplace.core.viewer import Viewer


def has_other_administrator(user: User) -> bool:
    """Return True if there is another active administrator. Locks their rows against concurrent removal."""
    query = select(User).where(User.is_admin, User.is_active).order_by(User.id).with_for_update()
    return any(other.id != user.id for other in session.scalars(query))


def set_active(viewer: Viewer, user_id: int, *, active: bool) -> None:
    """Close or reopen an account as an administrator; it takes effect at the user's next request.

    Raises RuleBroken for the viewer's own account and for the last administrator.
    """
    if not viewer.is_admin:
        raise Forbidden
    if user_id == viewer.user_id:
        raise RuleBroken(_("You cannot close your own account here."))
    with transaction():
        user = queries.get_user(user_id)
        if not active and user.is_admin and not has_other_administrator(user):
            raise RuleBroken(_("There must be at least one administrator."))
        user.is_active = active
        if not active:
            end_sessions_of(user_id)
            revoke_links(user_id)
        record(viewer, "account.open" if active else "account.close", "user", user_id)


def create_administrator(*, name: str, email: str, password: str, cost: HashCost) -> None:
    """Make a person an administrator, with a new account if the address has none.

    Called from the command line only, never from a page. Raises RuleBroken.
    """
    try:
        email = parse_email(email)
    except InvalidEmailError as error:
        raise RuleBroken(_("Enter an e-mail address, like name@company.no."), "email") from error
    known = queries.find_user_by_email(normalize_email(email)) is not None
    account = None if known else prepare_account(NewPerson(name, email, password), cost)
    with transaction():
        user = queries.find_user_by_email(normalize_email(email))
        if user is None:
            if account is None:
                raise NotFound
            user = add_verified(account)
        user.is_admin = True
        end_sessions_of(user.id)
        record(None, "account.make_administrator", "user", user.id)


def remove_administrator(email: str) -> None:
    """Revoke the administrator role; the account stays. Called from the command line only.

    Raises NotFound, and RuleBroken for the last administrator.
    """
    with transaction():
        user = queries.find_user_by_email(normalize_email(email))
        if user is None or not user.is_admin:
            raise NotFound
        if not has_other_administrator(user):
            raise RuleBroken(_("There must be at least one administrator."))
        user.is_admin = False
        end_sessions_of(user.id)
        record(None, "account.remove_administrator", "user", user.id)
