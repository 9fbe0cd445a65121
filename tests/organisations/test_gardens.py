"""Gardens that an administrator adds, and their invitations."""

import pytest

from marketplace.core.database import session
from marketplace.core.errors import NotFound
from marketplace.organisations import queries, use_cases
from marketplace.outbox.models import OutboxMail
from tests import factories
from tests.support.browser import Browser


def test_administrator_adds_a_garden_and_invites_a_curator(client: Browser) -> None:
    client.sign_in(factories.administrator().user_id or 0)
    details = {
        "name": "Kystriket næringshage",
        "municipality": "5056",
        "covered_municipalities": ["5056", "5014"],
    }
    assert client.post("/admin/gardens/new", data=details).status_code == 303
    garden = queries.gardens()[0]
    assert "field-error" in client.post("/admin/gardens/new", data=details | {"name": "Annen"}).text
    assert (
        client.post(
            f"/admin/gardens/{garden.id}/invite", data={"email": "a@b.example", "role": "curator"}
        ).status_code
        == 303
    )
    assert "a@b.example" in client.page(f"/admin/gardens/{garden.id}").text
    client.post(f"/admin/gardens/{garden.id}/active", data={"active": "no"})
    assert queries.gardens() == []


def test_invalid_garden_invitation_is_reported_on_its_page(client: Browser) -> None:
    garden = factories.garden()
    client.sign_in(factories.administrator().user_id or 0)
    path = f"/admin/gardens/{garden.id}/invite"
    for form in ({"email": "", "role": "curator"}, {"email": "a@b.example", "role": "owner"}):
        answer = client.post(path, data=form)
        assert answer.status_code == 422
        assert "field-error" in answer.text
        assert garden.name in answer.text
    assert client.post("/admin/gardens/999999/invite", data=form | {"role": "curator"}).status_code == 404
    assert session.query(OutboxMail).count() == 0


def test_missing_garden_cannot_be_opened_or_closed(client: Browser) -> None:
    admin, company = factories.administrator(), factories.company()
    client.sign_in(admin.user_id or 0)
    for garden_id in (company.id, 999999):
        assert client.get(f"/admin/gardens/{garden_id}").status_code == 404
        assert client.post(f"/admin/gardens/{garden_id}/active", data={"active": "no"}).status_code == 404
    with pytest.raises(NotFound):
        use_cases.set_garden_active(admin, 999999, active=False)
    session.refresh(company)
    assert company.is_active


def test_people_of_a_closed_garden_get_no_notices(client: Browser) -> None:
    garden = factories.garden()
    factories.member(garden, "curator")
    company = factories.company(of=garden)
    assert len(queries.recipients_for(garden.id)) == len(queries.follower_recipients(company)) == 1
    use_cases.set_garden_active(factories.administrator(), garden.id, active=False)
    assert queries.recipients_for(garden.id) == queries.follower_recipients(company) == []
    assert company.following_gardens == [], "nobody can read a draft"


def test_closed_garden_opens_only_if_no_other_covers_its_area(client: Browser) -> None:
    admin, closed = factories.administrator(), factories.garden()
    use_cases.set_garden_active(admin, closed.id, active=False)
    factories.garden("Fjellets næringshage", covered_municipalities=closed.covered_municipalities[:1])
    client.sign_in(admin.user_id or 0)
    client.post(f"/admin/gardens/{closed.id}/active", data={"active": "yes"})
    session.refresh(closed)
    assert not closed.is_active
