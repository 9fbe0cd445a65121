"""The coach: what stops a brief, what would make it better and why, and how good it is."""

from marketplace.briefs.coach.blockers import hard_stops
from marketplace.briefs.coach.messages import Advice
from marketplace.briefs.coach.quality import Part, Quality, quality
from marketplace.briefs.coach.suggestions import remarks

__all__ = ["Advice", "Part", "Quality", "hard_stops", "quality", "remarks"]
