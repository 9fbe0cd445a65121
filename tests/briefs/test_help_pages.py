"""Help pages of the procurement guide, and the links that lead to them."""

from marketplace.briefs import guide
from marketplace.briefs.guide.help_pages import help_topics, help_topics_by_session
from marketplace.core.course_plan import course_plan
from marketplace.strategy.questionnaire import questionnaire
from tests.support.browser import Browser


def test_every_topic_session_and_low_answer_has_a_help_page() -> None:
    codes = [one.code for one in help_topics()]
    assert codes[: len(guide.load().topics)] == [topic.code for topic in guide.load().topics]
    assert {question.guide_topic for question in questionnaire().questions} <= set(codes)
    assert all(help_topics_by_session()[one.number] for one in course_plan().sessions)


def test_stranger_reads_help_page_in_each_language(client: Browser) -> None:
    for locale, heading in (("nb", "Vanlige feil"), ("nn", "Vanlege feil"), ("en", "Usual mistakes")):
        client.get(f"/language/{locale}")
        for one in help_topics():
            assert heading in client.page(f"/guide/{one.code}").text


def test_help_page_of_budget_shows_usual_prices(client: Browser) -> None:
    client.get("/language/nb")
    assert "Vanlig pris" in client.page("/guide/frame").text
    assert "Vanlig pris" not in client.page("/guide/goal").text


def test_unknown_help_page_is_not_found(client: Browser) -> None:
    assert client.get("/guide/nothing").status_code == 404
