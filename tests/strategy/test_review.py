"""A company asks its garden for a review of one version of its strategy, and the garden answers."""

import pytest
from sqlalchemy import select

from marketplace.core.database import session
from marketplace.core.errors import Conflict, NotFound, RuleBroken
from marketplace.pages.queries.home_garden import garden_dashboard
from marketplace.strategy.models.plan import StrategyReview, StrategyVersion
from marketplace.strategy.queries import sharing as queries
from marketplace.strategy.use_cases import comments, reviews, sharing
from tests.factories import strategy as strategies
from tests.project.test_statements import count_queries
from tests.strategy.test_sharing import World, kinds, world
from tests.support.browser import Browser
from tests.support.sql_capture import captured_sql

__all__ = ["world"]
MAX_STATEMENTS = 12


@pytest.fixture
def shared(world: World) -> World:
    """A company that shares its strategy."""
    sharing.share_strategy(world.owner)
    return world


def task_urls(shared: World) -> list[str]:
    return [task.url for task in garden_dashboard(shared.adviser).tasks]


def test_review_is_requested_answered_and_shown_to_both(shared: World, client: Browser) -> None:
    client.sign_in(shared.owner.user_id or 0)
    client.post("/plan/review", data={"message": "Er målene gode nok?"})
    assert kinds(shared.adviser)[-1] == "strategy_asked"
    assert f"{shared.path}/review" in task_urls(shared)
    client.sign_in(shared.adviser.user_id or 0)
    page = client.page(f"{shared.path}/review")
    assert "Er målene gode nok?" in page.text
    assert "Vi lager ost av geitemelk" in page.text
    answer = {"seen": "1", "verdict": "changes", "text": "Sett tall på målet."}
    client.post(f"{shared.path}/review", data=answer)
    assert f"{shared.path}/review" not in task_urls(shared)
    assert "Sett tall på målet." in client.page(shared.path).text
    assert kinds(shared.owner) == ["strategy_reviewed"]
    page = client.sign_in(shared.owner.user_id or 0).page("/plan/review")
    assert "Sett tall på målet." in page.text
    assert "Strategien er endret etter det." not in page.text
    strategies.save(shared.owner, one_line="Noe annet.")
    assert "Strategien er endret etter det." in client.page("/plan/review").text


def test_version_under_review_is_not_overwritten_in_same_editing_session(shared: World) -> None:
    reviews.ask_for_review(shared.owner, "")
    strategies.save(shared.owner, one_line="Skrevet rett etterpå.")
    versions = session.scalars(select(StrategyVersion).order_by(StrategyVersion.number)).all()
    assert [version.number for version in versions] == [1, 2]
    assert versions[0].content["content"]["one_line"] != "Skrevet rett etterpå."


def test_asking_again_moves_the_request_to_the_newest_version(shared: World) -> None:
    reviews.ask_for_review(shared.owner, "Første")
    strategies.save(shared.owner, one_line="Nytt.")
    reviews.ask_for_review(shared.colleague, "Andre")
    asked = session.scalars(select(StrategyReview)).one()
    assert (asked.version.number, asked.message) == (2, "Andre")
    with pytest.raises(Conflict):
        reviews.answer_review(shared.adviser, shared.company.id, 1, "ok", "")
    reviews.answer_review(shared.adviser, shared.company.id, 2, "ok", "")
    with pytest.raises(Conflict):
        reviews.answer_review(shared.adviser, shared.company.id, 2, "ok", "")


def test_answer_about_an_older_version_is_kept_in_the_form(shared: World, client: Browser) -> None:
    reviews.ask_for_review(shared.owner, "")
    strategies.save(shared.owner, one_line="Nytt.")
    reviews.ask_for_review(shared.owner, "")
    client.sign_in(shared.adviser.user_id or 0)
    for seen in ("1", "", "x" * 30):
        sent = client.post(
            f"{shared.path}/review", data={"seen": seen, "verdict": "ok", "text": "Fint arbeid"}
        )
        assert sent.status_code == 409
        assert "Fint arbeid" in sent.text
    assert queries.pending_review(shared.strategy) is not None


def test_changes_need_a_text_and_an_answer_a_verdict(shared: World) -> None:
    reviews.ask_for_review(shared.owner, "")
    for verdict in ("changes", "", "maybe"):
        with pytest.raises(RuleBroken):
            reviews.answer_review(shared.adviser, shared.company.id, 1, verdict, "")


def test_review_needs_sharing_and_ends_with_it(world: World, client: Browser) -> None:
    with pytest.raises(RuleBroken):
        reviews.ask_for_review(world.owner, "")
    sharing.share_strategy(world.owner)
    reviews.ask_for_review(world.owner, "")
    sharing.stop_sharing(world.owner)
    assert f"{world.path}/review" not in task_urls(world)
    with pytest.raises(NotFound):
        reviews.answer_review(world.adviser, world.company.id, 1, "ok", "")
    assert "Del strategien" in client.sign_in(world.owner.user_id or 0).page("/plan/review").text


def test_stranger_cannot_answer(shared: World) -> None:
    reviews.ask_for_review(shared.owner, "")
    with pytest.raises(NotFound):
        reviews.answer_review(shared.stranger, shared.company.id, 1, "ok", "")
    with pytest.raises(NotFound):
        reviews.answer_review(shared.supplier, shared.company.id, 1, "ok", "")


def test_pages_send_few_queries_however_many_comments_there_are(shared: World, client: Browser) -> None:
    for number in range(3):
        reviews.ask_for_review(shared.owner, "")
        version = queries.newest_version(shared.strategy)
        assert version is not None
        reviews.answer_review(shared.adviser, shared.company.id, version.number, "ok", "")
        strategies.save(shared.owner, one_line=f"Nummer {number}")
        for section in ("company", "gaps", "actions"):
            comments.add_comment(shared.adviser, shared.company.id, section, "Hei")
    reviews.ask_for_review(shared.owner, "")
    paths = {
        shared.owner: (
            "/plan/share",
            "/plan/review",
            "/plan/comments/gaps",
            "/plan/print",
            "/plan/strategy.pdf",
        ),
        shared.adviser: (shared.path, f"{shared.path}/review", f"{shared.path}/comments/gaps"),
    }
    for viewer, opened in paths.items():
        client.sign_in(viewer.user_id or 0)
        for path in opened:
            client.page(path) if not path.endswith("pdf") else client.get(path)
            with captured_sql() as seen:
                client.get(path)
            counts = count_queries(seen)
            assert counts.total() <= MAX_STATEMENTS, f"{path}: {counts}"


def test_page_of_the_company_asks_the_garden_to_answer(shared: World, client: Browser) -> None:
    reviews.ask_for_review(shared.owner, "")
    page = client.sign_in(shared.adviser.user_id or 0).page(f"/companies/{shared.company.id}")
    assert f"{shared.path}/review" in page.html
