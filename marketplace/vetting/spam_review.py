"""Profiles that look optimised for the ranking: the findings in words, and whether a curator has reviewed them."""

from collections.abc import Iterable, Mapping
from typing import Any

from marketplace import matching
from marketplace.core.i18n import gettext as _, ngettext
from marketplace.matching import CaseText, Document
from marketplace.suppliers.models import HeldChange, Supplier
from marketplace.vetting import rules
from marketplace.vetting.models import Vetting


def is_reviewed(supplier: Supplier, vettings: Iterable[Vetting]) -> bool:
    """Return True if a curator has approved or reviewed the supplier since its profile last changed."""
    return any(
        vetting.state == rules.APPROVED and vetting.decided_at and vetting.decided_at >= supplier.updated_at
        for vetting in vettings
    )


def findings(supplier: Supplier) -> list[str]:
    """Return a sentence for each sign that a profile was written for the ranking."""
    document = Document(
        id=str(supplier.id),
        name=supplier.name,
        text=supplier.about,
        lang=supplier.text_locale,
        services=tuple(row.code for row in supplier.services),
        cases=tuple(CaseText(f"{case.title}. {case.text} {case.result}") for case in supplier.cases),
    )
    sentences = [_sentence(code, params) for code, params in matching.spam_flags(document)]
    return [*sentences, _jump(supplier.held)] if supplier.held else sentences


def _jump(held: HeldChange) -> str:
    return ngettext(
        "The latest change raises the profile by %(places)s ranks or more for %(num)s brief. Until a curator has reviewed it, the previous version of the profile counts.",
        "The latest change raises the profile by %(places)s ranks or more for %(num)s briefs. Until a curator has reviewed it, the previous version of the profile counts.",
        held.briefs,
        places=held.places,
    )


def _sentence(code: str, params: Mapping[str, Any]) -> str:
    count = int(params.get("count", 0))
    return {
        "word_repeated": lambda: _(
            "The word “%(word)s” appears %(count)s times.", word=params["word"], count=count
        ),
        "words_listed": lambda: _("The text is mostly a list of words rather than sentences."),
        "sentences_repeated": lambda: _("The same sentences are repeated again and again."),
        "hidden_letters": lambda: ngettext(
            "%(num)s character is invisible or looks like another.",
            "%(num)s characters are invisible or look like others.",
            count,
        ),
        "too_many_services": lambda: ngettext(
            "%(num)s service is selected.", "%(num)s services are selected.", count
        ),
        "reads_like_a_brief": lambda: _("The text reads as if it was written by someone who wants to buy."),
    }[code]()
