"""Pages of reporting."""

from marketplace.reporting import fact_recording
from marketplace.reporting.views import issues, report
from marketplace.reporting.views.base import blueprint
