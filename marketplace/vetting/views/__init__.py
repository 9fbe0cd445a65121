"""Pages for applying and vetting."""

from marketplace.vetting.views import (
    application_form,
    applications,
    conflicts_of_interest,
    profile,
    second_reviews,
    supplier_import,
    transfers,
)
from marketplace.vetting.views.base import blueprint
