"""Pages for publication, ranking and invitations: missing answers, hostile input, double submits and access."""

import pytest
from sqlalchemy import func, select

from marketplace.core.database import session
from marketplace.sourcing import use_cases
from marketplace.sourcing.models import Invitation, RankingRun
from tests.factories.briefs import draft

HOSTILE = [
    "",
    "-1",
    "0",
    "9" * 30,
    "\x00",
    "<script>alert(1)</script>",
    "' OR 1=1 --",
    "%s{{7*7}}",
    "æ" * 4000,
]


def test_publish_with_missing_answers_links_to_them(market, sign_in):
    reference = draft(market.owner, problem="For kort.", goal="").reference
    browser = sign_in(market.owner)
    answer = browser.post(f"/briefs/{reference}/publish", data={"confirmed": "yes"})
    assert answer.location.endswith(f"/briefs/{reference}/check")
    page = browser.page(answer.location)
    assert any(f"/briefs/{reference}/guide/need" in link for link in page.links().values())
    assert session.scalar(select(func.count()).select_from(RankingRun)) == 0
    assert browser.get(f"/briefs/{reference}/ranking").status_code == 404


def test_second_publish_redirects_like_the_first(market, sign_in):
    reference = draft(market.owner).reference
    browser = sign_in(market.owner)
    for _click in range(2):
        answer = browser.post(f"/briefs/{reference}/publish", data={"confirmed": "yes"})
        assert answer.location.endswith("/ranking")
    assert session.scalar(select(func.count()).select_from(RankingRun)) == 1


def test_second_invite_reports_existing_invitation(market, publish, sign_in):
    reference, browser = publish(), sign_in(market.owner)
    chosen = {"supplier": str(market.suppliers["Kvistverk"].id)}
    for sentence in ("1 supplier has been invited", "have already been invited"):
        answer = browser.post(f"/briefs/{reference}/invite", data=chosen)
        assert answer.status_code == 303
        assert sentence in browser.page(answer.location).text
        answer = browser.post(f"/briefs/{reference}/invite?show=fitting", data=chosen)
        assert answer.location.endswith("/ranking?show=fitting"), "the list is still the same one"
    assert session.scalar(select(func.count()).select_from(Invitation)) == 1


def test_publish_of_withdrawn_brief_conflicts(market, publish, sign_in):
    from marketplace.briefs.use_cases import withdraw

    reference = publish()
    withdraw(market.owner, reference, "Vi har ombestemt oss likevel.")
    assert (
        sign_in(market.owner).post(f"/briefs/{reference}/publish", data={"confirmed": "yes"}).status_code
        == 409
    )


@pytest.mark.sample(4)
@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_input_is_handled_on_every_page(market, publish, sign_in, text):
    reference, own = publish(), draft(market.owner).reference
    use_cases.invite_suppliers(market.owner, reference, [market.suppliers["Kvistverk"].id])
    owner, supplier = sign_in(market.owner), sign_in(market.people["Kvistverk"])
    odd = {"page": text, "budget": text, "presence": text, "finish": text}
    for browser, path in (
        (owner, f"/briefs/{reference}/ranking"),
        (owner, f"/briefs/{own}/fit"),
        (owner, f"/briefs/{own}/check"),
        (supplier, "/opportunities"),
    ):
        answer = browser.get(path, query_string=odd)
        assert answer.status_code == 200, (path, text)
        assert "<script>alert" not in answer.text
    assert owner.post(f"/briefs/{reference}/invite", data={"supplier": [text] * 20}).status_code == 422
    answer = supplier.post(f"/briefs/{reference}/decline", data={"reason": text, "text": text})
    assert answer.status_code == 422
    answer = supplier.post(f"/briefs/{reference}/decline", data={"reason": "other", "text": text})
    assert answer.status_code == (422 if len(text) > 500 else 303)
    assert "<script>alert" not in owner.get(f"/briefs/{reference}/ranking").text


def test_selection_is_preserved_when_limit_is_exceeded(market, publish, sign_in):
    for number in range(5):
        market.add(f"Butikk {number}", "Vi lager nettbutikk.", "ecm.shop")
    session.commit()
    reference, browser = publish(invite_count=3), sign_in(market.owner)
    ids = [str(market.suppliers[f"Butikk {number}"].id) for number in range(4)]
    answer = browser.post(f"/briefs/{reference}/invite", data={"supplier": ids})
    assert answer.status_code == 422
    assert "4 are selected" in answer.text
    assert answer.text.count(" checked>") == 4
    assert session.scalar(select(func.count()).select_from(Invitation)) == 0


def test_supplier_cannot_see_ranking_or_other_invitations(market, publish, sign_in):
    reference = publish()
    ids = [market.suppliers[name].id for name in ("Kvistverk", "Myrull")]
    use_cases.invite_suppliers(market.owner, reference, ids)
    browser = sign_in(market.people["Kvistverk"])
    assert browser.get(f"/briefs/{reference}/ranking").status_code == 404
    assert browser.post(f"/briefs/{reference}/invite", data={"supplier": "1"}).status_code == 403
    assert browser.post(f"/briefs/{reference}/publish").status_code == 403
    for path in (f"/briefs/{reference}", "/opportunities", f"/briefs/{reference}/decline", "/home"):
        text = browser.page(path).text
        assert "Myrull" not in text
        assert "Dyrt" not in text


def test_other_company_gets_not_found(market, publish, sign_in):
    reference, browser = publish(), sign_in(market.outsider)
    for answer in (
        browser.get(f"/briefs/{reference}/ranking"),
        browser.get(f"/briefs/{reference}/fit"),
        browser.post(f"/briefs/{reference}/publish"),
        browser.post(f"/briefs/{reference}/invite", data={"supplier": "1"}),
    ):
        assert answer.status_code == 404


def test_garden_can_read_ranking_but_not_invite(market, publish, sign_in):
    reference, browser = publish(), sign_in(market.adviser)
    page = browser.get(f"/briefs/{reference}/ranking")
    assert "Kvistverk" in page.text
    assert "Invite selected suppliers" not in page.text
    assert browser.post(f"/briefs/{reference}/invite", data={"supplier": "1"}).status_code == 403


def test_long_ranking_is_paginated_and_second_page_can_invite(market, publish, sign_in):
    for number in range(12):
        market.add(f"Butikk {number}", "Vi lager nettbutikk.", "ecm.shop")
    session.commit()
    reference, browser = publish(), sign_in(market.owner)
    second = browser.page(f"/briefs/{reference}/ranking?page=2")
    boxes = second.all("input", name="supplier")
    assert len(boxes) == 5
    chosen = {"supplier": boxes[-1].get("value")}
    assert browser.post(f"/briefs/{reference}/invite?page=2", data=chosen).status_code == 303
    assert session.scalars(select(Invitation.place)).one() == 15


def test_selection_follows_to_other_pages_and_lists(market, publish, sign_in):
    for number in range(12):
        market.add(f"Butikk {number}", "Vi lager nettbutikk.", "ecm.shop")
    session.commit()
    reference, browser = publish(), sign_in(market.owner)
    first = browser.page(f"/briefs/{reference}/ranking")
    chosen = [first.all("input", name="supplier")[rank].get("value") for rank in (0, 3)]
    actions = [button.get("formaction") or "" for button in first.all("button", form="invite")]
    answer = browser.post(next(one for one in actions if "page=2" in one), data={"supplier": chosen})
    second = browser.page(answer.location)
    checked = [box.get("value") for box in second.all("input", name="supplier", checked="")]
    assert checked == chosen
    assert "Also selected" in second.text
    chosen.append(second.all("input", name="supplier")[-1].get("value"))
    answer = browser.post(f"/briefs/{reference}/ranking?show=fitting", data={"supplier": chosen})
    back = browser.page(answer.location)
    checked = [box.get("value") for box in back.all("input", name="supplier", checked="")]
    assert checked == [chosen[2], *chosen[:2]]
    assert browser.post(f"/briefs/{reference}/invite", data={"supplier": chosen}).status_code == 303
    assert session.scalar(select(func.count()).select_from(Invitation)) == 3
