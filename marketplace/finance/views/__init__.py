"""Pages about a project's hours, money, fees and state aid."""

from marketplace.finance.views import company_finances, hours, money
from marketplace.finance.views.base import blueprint
