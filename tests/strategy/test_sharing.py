"""A company shares its strategy with the gardens that follow it, comments, and deletes it."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.accounts.models import User
from marketplace.audit.models import AuditEvent
from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.errors import Forbidden, NotFound, RuleBroken
from marketplace.core.viewer import Viewer
from marketplace.organisations.use_cases.followers import stop_following
from marketplace.outbox.models import Notice
from marketplace.privacy.use_cases import erase_user
from marketplace.strategy.models.actions import Action, ToolUse
from marketplace.strategy.models.assessment import Assessment
from marketplace.strategy.models.objectives import Measurement, Objective
from marketplace.strategy.models.plan import Strategy, StrategyComment, StrategyVersion
from marketplace.strategy.queries import sharing as queries
from marketplace.strategy.use_cases import comments, sharing
from marketplace.strategy.use_cases.deletion import delete_strategy
from tests import factories
from tests.factories import briefs, strategy as strategies, suppliers
from tests.support.browser import Browser


class World:
    """A company with a strategy, its garden, another garden and a supplier."""

    def __init__(self) -> None:
        self.garden = factories.garden()
        self.company = factories.company(of=self.garden)
        self.owner = factories.member(self.company)
        self.colleague = factories.member(self.company, "member", name="Ola Nordli")
        self.adviser = factories.member(self.garden, "adviser", name="Anne Rådal")
        self.stranger = factories.member(factories.garden("Havgløtt næringshage", covered_municipalities=[]))
        self.supplier = factories.member(suppliers.supplier(of=self.garden))
        session.commit()
        self.strategy = strategies.strategy(self.owner)

    @property
    def path(self) -> str:
        """Path of the garden's page."""
        return f"/companies/{self.company.id}/plan"


@pytest.fixture
def world(app: Flask) -> World:
    return World()


def kinds(viewer: Viewer) -> list[str]:
    query = select(Notice.kind).where(Notice.user_id == viewer.user_id)
    return list(session.scalars(query.order_by(Notice.id)))


def actions() -> list[str]:
    query = select(AuditEvent.action).where(AuditEvent.action.startswith("strategy."))
    return list(session.scalars(query.order_by(AuditEvent.id)))


def measurement(objective_id: int, by: Viewer, value: int, **values: Any) -> Measurement:
    return Measurement(
        objective_id=objective_id,
        measured_on=clock.today(),
        value_milli=value * 1000,
        by_id=by.user_id,
        **values,
    )


def test_garden_reads_strategy_only_while_it_is_shared(world: World, client: Browser) -> None:
    client.sign_in(world.adviser.user_id or 0)
    client.page(world.path, status=404)
    sharing.share_strategy(world.owner)
    page = client.page(world.path)
    assert "Vi lager ost av geitemelk" in page.text
    assert "Ingen finner prisene." in page.text
    sharing.stop_sharing(world.colleague)
    assert "Vi lager ost" not in client.page(world.path).text, "a page that says that the message is outdated"
    for path in ("/print", "/strategy.pdf", "/review", "/comments/company"):
        client.page(world.path + path, status=404)
    assert kinds(world.adviser) == ["strategy_shared"]
    assert actions() == ["strategy.share", "strategy.stop_sharing"]


def test_garden_sees_the_progress_of_objectives(world: World, client: Browser) -> None:
    sharing.share_strategy(world.owner)
    objective_id = session.scalars(select(Objective.id)).one()
    session.add(measurement(objective_id, world.owner, 95))
    page = client.sign_in(world.adviser.user_id or 0).page(world.path)
    assert "Nådd" in page.text


def test_other_garden_and_supplier_do_not_see_a_shared_strategy(world: World, client: Browser) -> None:
    sharing.share_strategy(world.owner)
    client.sign_in(world.stranger.user_id or 0).page(world.path, status=404)
    client.sign_in(world.supplier.user_id or 0).page(world.path, status=403)
    with pytest.raises(NotFound):
        queries.shared_strategy(world.stranger, world.company.id)


def test_garden_that_no_longer_follows_loses_access(world: World) -> None:
    sharing.share_strategy(world.owner)
    stop_following(world.company.id, world.garden.id, "area")
    with pytest.raises(NotFound):
        queries.shared_strategy(world.adviser, world.company.id)
    with pytest.raises(NotFound):
        comments.add_comment(world.adviser, world.company.id, "gaps", "Hei")


def test_company_without_followers_cannot_share(world: World) -> None:
    stop_following(world.company.id, world.garden.id, "area")
    with pytest.raises(RuleBroken):
        sharing.share_strategy(world.owner)


def test_sharing_twice_notifies_once(world: World) -> None:
    assert sharing.share_strategy(world.owner)
    assert not sharing.share_strategy(world.colleague)
    assert kinds(world.adviser) == ["strategy_shared"]


def test_share_page_names_the_gardens_and_shares(world: World, client: Browser) -> None:
    client.sign_in(world.colleague.user_id or 0)
    assert world.garden.name in client.page("/plan/share").text
    client.post("/plan/share", data={})
    assert session.get_one(Strategy, world.strategy.id).shared_at is not None
    client.post("/plan/share/stop", data={})
    session.expire_all()
    assert session.get_one(Strategy, world.strategy.id).shared_at is None


def test_share_page_without_strategy_leads_to_the_plan(world: World, client: Browser) -> None:
    other = factories.member(factories.company("Nydal", of=world.garden))
    session.commit()
    assert 'href="/plan"' in client.sign_in(other.user_id or 0).page("/plan/share").html


def test_comment_is_shown_to_both_sides_and_resolved(world: World, client: Browser) -> None:
    sharing.share_strategy(world.owner)
    client.sign_in(world.adviser.user_id or 0)
    client.post(f"{world.path}/comments/gaps", data={"text": "Skriv prisene <b>først</b>."})
    assert "Skriv prisene &lt;b&gt;først&lt;/b&gt;." in client.page(world.path).html
    assert kinds(world.owner) == ["strategy_commented"]
    assert "«Det som ikke virker»" in session.scalars(select(Notice.body).order_by(Notice.id)).all()[-1]
    client.sign_in(world.owner.user_id or 0)
    assert "Anne Rådal, Fjellfoten næringshage" in client.page("/plan/comments/gaps").text
    client.post("/plan/comments/gaps", data={"text": "Det gjør vi."})
    assert kinds(world.adviser) == ["strategy_shared", "strategy_commented"]
    subjects = select(Notice.subject).where(Notice.user_id == world.adviser.user_id).order_by(Notice.id)
    assert session.scalars(subjects).all()[-1] == "Bjørkvollen ysteri har kommentert strategien sin"
    comment_id = session.scalars(select(StrategyComment.id).order_by(StrategyComment.id)).first()
    client.post(f"/plan/comments/{comment_id}/resolve", data={})
    session.expire_all()
    assert session.get_one(StrategyComment, comment_id).resolved_at is not None
    sharing.stop_sharing(world.owner)
    assert "Skriv prisene" in client.page("/plan/comments/gaps").text
    assert actions()[1:] == [
        "strategy.comment",
        "strategy.comment",
        "strategy.resolve_comment",
        "strategy.stop_sharing",
    ]


def test_comment_is_shown_where_the_company_writes_the_section(world: World, client: Browser) -> None:
    sharing.share_strategy(world.owner)
    for section in ("gaps", "objectives", "actions"):
        comments.add_comment(world.adviser, world.company.id, section, f"Om {section}")
    comments.add_comment(world.owner, None, "gaps", "Vi svarer")
    client.sign_in(world.owner.user_id or 0)
    for section, path in (
        ("gaps", "/plan/strategy/gaps"),
        ("objectives", "/plan/objectives"),
        ("actions", "/plan/actions"),
    ):
        assert f"Om {section}" in client.page(path).text
        assert f'href="{path}"' in client.page(f"/plan/comments/{section}").html
    assert client.page("/plan").text.count("1 kommentar å løse") == 3
    for comment_id in session.scalars(select(StrategyComment.id)).all():
        client.post(f"/plan/comments/{comment_id}/resolve")
    assert "kommentar å løse" not in client.page("/plan").text
    assert "Om gaps" not in client.page("/plan/strategy/gaps").text


def test_comment_without_text_or_too_long_is_refused_and_kept(world: World, client: Browser) -> None:
    sharing.share_strategy(world.owner)
    client.sign_in(world.adviser.user_id or 0)
    for text in ("", " \n ", "x" * 2001):
        answer = client.post(f"{world.path}/comments/gaps", data={"text": text})
        assert answer.status_code == 422
    assert "x" * 2001 in answer.text
    client.page(f"{world.path}/comments/check", status=404)
    client.page(f"{world.path}/comments/nothing", status=404)


def test_company_cannot_comment_while_not_shared(world: World) -> None:
    with pytest.raises(RuleBroken):
        comments.add_comment(world.owner, None, "gaps", "Hei")


def test_comment_of_another_company_cannot_be_resolved(world: World) -> None:
    sharing.share_strategy(world.owner)
    comments.add_comment(world.adviser, world.company.id, "gaps", "Hei")
    comment_id = session.scalars(select(StrategyComment.id)).one()
    other = factories.member(factories.company("Nydal", of=world.garden))
    session.commit()
    strategies.strategy(other)
    with pytest.raises(NotFound):
        comments.resolve_comment(other, None, comment_id)
    with pytest.raises(NotFound):
        comments.resolve_comment(world.stranger, world.company.id, comment_id)


def test_company_card_shows_dates_without_sharing_and_a_link_with_it(world: World, client: Browser) -> None:
    card = f"/companies/{world.company.id}"
    client.sign_in(world.adviser.user_id or 0)
    started_at, world.strategy.started_at = world.strategy.started_at, None
    session.commit()
    assert "Digital strategi" not in client.page(card).text
    world.strategy.started_at = started_at
    session.commit()
    page = client.page(card)
    assert "Digital strategi" in page.text
    assert world.path not in page.html
    sharing.share_strategy(world.owner)
    assert world.path in client.page(card).html


def test_owner_deletes_all_of_the_strategy_after_confirmation(world: World, client: Browser) -> None:
    sharing.share_strategy(world.owner)
    comments.add_comment(world.adviser, world.company.id, "gaps", "Hei")
    objective, action = session.scalars(select(Objective)).one(), session.scalars(select(Action)).one()
    brief = briefs.draft(world.owner)
    brief.action_id, brief.objective_id = action.id, objective.id
    wrong = measurement(objective.id, world.owner, 10)
    session.add(wrong)
    session.flush()
    session.add(measurement(objective.id, world.owner, 12, replaces_id=wrong.id))
    session.add_all(
        [
            Assessment(
                company_id=world.company.id, stage="start", data_version="1", by_id=world.owner.user_id
            ),
            ToolUse(company_id=world.company.id, tool_code="matomo", state="have"),
        ]
    )
    session.commit()
    client.sign_in(world.owner.user_id or 0)
    assert client.page("/plan/delete").all("a", href="/plan/plan.json")
    assert client.post("/plan/delete", data={}).status_code == 422
    client.post("/plan/delete", data={"sure": "y"})
    session.expire_all()
    for model in (
        Strategy,
        StrategyVersion,
        StrategyComment,
        Objective,
        Action,
        Assessment,
        ToolUse,
        Measurement,
    ):
        assert session.scalars(select(model)).all() == []
    assert (brief.action_id, brief.objective_id) == (None, None)
    assert actions()[-1] == "strategy.delete"


def test_member_cannot_delete_the_strategy(world: World, client: Browser) -> None:
    client.sign_in(world.colleague.user_id or 0).page("/plan/delete", status=403)
    with pytest.raises(Forbidden):
        delete_strategy(world.colleague)


def test_shared_strategy_is_deleted_with_the_last_member_and_kept_before(
    world: World, client: Browser
) -> None:
    sharing.share_strategy(world.owner)
    comments.add_comment(world.adviser, world.company.id, "company", "Fint skrevet.")
    owner = user_of(world.owner)
    erase_user(None, owner)
    session.commit()
    stored = session.scalars(select(Strategy)).one()
    assert "Person" in session.get_one(User, stored.updated_by_id).name
    assert "Vi lager ost" in client.sign_in(world.adviser.user_id or 0).page(world.path).text
    erase_user(None, user_of(world.colleague))
    session.commit()
    assert session.scalars(select(Strategy)).all() == []
    assert session.scalars(select(StrategyComment)).all() == []
    assert "Vi lager ost" not in client.page(world.path).text
    assert client.get(f"{world.path}/print").status_code == 404


def user_of(viewer: Viewer) -> User:
    return session.get_one(User, viewer.user_id)
