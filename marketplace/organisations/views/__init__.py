"""Registering a company, colleagues, choosing an organisation, and the gardens' and administrators' lists."""

from marketplace.organisations.views import admin_gardens, companies, members, own_company, own_garden
from marketplace.organisations.views.base import blueprint
