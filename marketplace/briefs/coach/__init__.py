"""The coach: what stops a brief, what would make it better and why, and how good it is."""

from marketplace.briefs.coach.quality import Part, Quality, quality
from marketplace.briefs.coach.remarks import remarks
from marketplace.briefs.coach.stops import hard_stops
from marketplace.briefs.coach.words import Advice

__all__ = ["Advice", "Part", "Quality", "hard_stops", "quality", "remarks"]
