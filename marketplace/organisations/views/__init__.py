"""Pages about organisations: registration, colleagues, the gardens' companies, and administration."""

from marketplace.organisations.views import (
    admin_gardens,
    companies,
    members,
    own_company,
    own_garden,
    registration,
)
from marketplace.organisations.views.base import blueprint
