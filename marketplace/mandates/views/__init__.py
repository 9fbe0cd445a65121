"""Pages of mandates."""

from marketplace.mandates.views import acting, company, confirmations
from marketplace.mandates.views.base import blueprint
