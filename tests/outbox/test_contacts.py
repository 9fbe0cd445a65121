"""Messages that ask the reader to contact somebody say how: name, telephone and e-mail address."""

import datetime as dt

import pytest

from marketplace.briefs import notices as briefs
from marketplace.core import clock
from marketplace.organisations import notices as organisations
from marketplace.organisations.contacts import Contact, owner_contact
from marketplace.outbox.messages import Message
from marketplace.proposals import notices as proposals
from tests import factories

WHO = Contact("Marit Bjørkvold", "marit@bjorkvollen.example", "74 00 00 01")
WHEN = dt.datetime(2026, 12, 11, 22, 59, tzinfo=dt.UTC)
MESSAGES = (
    briefs.review_asked("Bjørkvollen", "Nettbutikk", "2026-0147", "", WHO),
    briefs.review_answered("Verdal", "Nettbutikk", "2026-0147", WHO, is_ok=False, comment="Mer om målet."),
    briefs.first_publication("Bjørkvollen", "Nettbutikk", "2026-0147", None, WHO, reasons=(), is_known=False),
    briefs.first_publication_returned("Verdal", "Nettbutikk", "2026-0147", "Ring oss.", WHO, refused=False),
    briefs.garden_question_waits("Bjørkvollen", "Nettbutikk", "2026-0147", WHEN, WHO),
    proposals.garden_decision_reminder("Bjørkvollen", "Nettbutikk", "2026-0147", WHEN, WHO),
    proposals.garden_nobody_chosen("Bjørkvollen", "Nettbutikk", "2026-0147", WHO),
    proposals.offer_ruled_out(
        "Bjørkvollen", "Nettbutikk", 1, "Kobling til kassa", "Den mangler.", garden=WHO
    ),
    organisations.company_registered("Bjørkvollen", "Verdal", 1, WHO),
    organisations.company_moved_here("Bjørkvollen", "Verdal", "", 1, WHO),
    organisations.asked_to_follow("Bjørkvollen", 1, WHO),
)


@pytest.mark.once
@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: message.kind)
def test_message_that_asks_for_contact_says_how(app: object, message: Message) -> None:
    text = "\n".join(message.compose().lines)
    assert all(detail in text for detail in (WHO.name, WHO.email, WHO.phone))


def test_owner_is_the_contact_of_a_company(app: object) -> None:
    company = factories.company("Bjørkvollen", phone="74 00 00 01", known_at=clock.now())
    assert owner_contact(company) is None
    factories.member(company, "member")
    owner = factories.member(company)
    assert owner_contact(company) == Contact(owner.name, owner.email, "74 00 00 01")
