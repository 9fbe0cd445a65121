"""Text that a form must refuse or redisplay unharmed."""

HOSTILE = [
    "",
    "x" * 9000,
    "<script>alert(1)</script>",
    "' OR 1=1 --",
    "\x00\u202e\ud7ff",
    "%s{{7*7}}",
    "-1",
    "9" * 60,
]
