"""Pages of casework."""

from marketplace.casework.views import notes, panels, tasks, time
from marketplace.casework.views.base import blueprint
