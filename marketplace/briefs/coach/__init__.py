"""The coach: blockers that prevent publication, suggestions for improvement, and a quality score."""

from marketplace.briefs.coach.advice import Advice
from marketplace.briefs.coach.blockers import find_blockers
from marketplace.briefs.coach.quality import Quality, quality
from marketplace.briefs.coach.suggestions import find_suggestions
