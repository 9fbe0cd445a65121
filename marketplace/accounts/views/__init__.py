"""Pages for signing in, the user's own account, and the administrators' list of users."""

from marketplace.accounts.views import administration, message_settings, own_account, sign_in, two_factor
from marketplace.accounts.views.base import blueprint, hash_cost, request_origin, set_session_cookie
from marketplace.accounts.views.proven_address import proven_email, remember_proven_email
from marketplace.accounts.views.sign_in import remember_registration
