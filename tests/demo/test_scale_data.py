"""Generated directories of any size: plausible and reproducible."""

import random
from collections import Counter
from typing import TYPE_CHECKING, cast

import pytest
from flask import Flask
from sqlalchemy import func, select

from benchmarks.data import page_set, scale
from benchmarks.data.wording import Wording
from marketplace.briefs import guide
from marketplace.briefs.lifecycle import BriefState
from marketplace.briefs.models import Brief, BriefVersion
from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.identifiers import make_slug
from marketplace.demo import content_files as content
from marketplace.proposals.models.offers import Award, Proposal
from marketplace.suppliers.models import Supplier
from tests import factories
from tests.support.data_sets import SCALED_BRIEFS, SCALED_SUPPLIERS

if TYPE_CHECKING:
    from tests.support.browser import Browser

DEMO_SUPPLIERS, DEMO_BRIEFS = 45, 26


def texts() -> list[str]:
    return list(session.scalars(select(Supplier.about).order_by(Supplier.id)))


@pytest.mark.exhaustive
def test_seed_adds_requested_number_of_records(app: Flask) -> None:
    factories.garden()
    session.commit()
    added = scale.seed(suppliers=60, briefs=40)
    assert (added.suppliers, added.briefs) == (60, 40)
    assert session.scalar(select(func.count()).select_from(Supplier)) == 60
    assert session.scalar(select(func.count()).select_from(Brief)) == 40
    assert session.scalar(select(func.count()).select_from(Proposal)) == added.proposals > 40
    assert len(set(texts())) == 60, "no two suppliers say the same"


def test_wording_with_same_seed_is_identical() -> None:
    first, second = (Wording(random.Random(7)) for _time in range(2))
    for wording in (first, second):
        wording.company_name()
    sold = ["web.site", "ops.hosting"]
    assert first.supplier_name("web") == second.supplier_name("web")
    assert first.profile(sold, "Oppdal", 3) == second.profile(sold, "Oppdal", 3)
    assert first.brief_title(sold, "Lyngbua Kafé", "Oppdal") == second.brief_title(
        sold, "Lyngbua Kafé", "Oppdal"
    )


def test_generated_names_are_unique() -> None:
    wording = Wording(random.Random(7))
    names = [wording.company_name() for _time in range(1500)]
    assert len({make_slug(name) for name in names}) == 1500
    assert not {make_slug(name) for name in names} & {
        make_slug(entry["name"]) for entry in content.companies()
    }


def test_seed_without_briefs_adds_suppliers(app: Flask) -> None:
    factories.garden()
    session.commit()
    added = scale.seed(suppliers=3, briefs=0)
    assert (added.suppliers, added.companies, added.briefs, added.proposals) == (3, 1, 0, 0)
    assert len(texts()) == 3
    for model in (Brief, Proposal, Award):
        assert session.scalar(select(func.count()).select_from(model)) == 0


@pytest.mark.exhaustive
def test_generated_briefs_and_awards_are_valid(app: Flask) -> None:
    factories.garden()
    session.commit()
    scale.seed(suppliers=60, briefs=40)
    questions = guide.load()
    for version in session.scalars(select(BriefVersion)):
        published = clock.to_local(version.published_at).date()
        answer_problems = guide.find_answer_problems(questions, version.answers, published)
        assert answer_problems == [], [(problem.question.code, problem.text) for problem in answer_problems]
    for brief in session.scalars(select(Brief)):
        chosen = Counter(session.scalars(select(Proposal.state).where(Proposal.brief_id == brief.id)))[
            "awarded"
        ]
        decided = brief.state in {BriefState.AWARDED, BriefState.DELIVERED}
        assert chosen <= decided
        awards = session.scalar(select(func.count()).select_from(Award).where(Award.brief_id == brief.id))
        assert awards == chosen


@pytest.mark.exhaustive
def test_empty_database_is_filled_with_demo_data_first(app: Flask) -> None:
    scale.seed(suppliers=1, briefs=1)
    assert session.scalar(select(func.count()).select_from(Supplier)) == DEMO_SUPPLIERS + 1
    assert session.scalar(select(func.count()).select_from(Brief)) == DEMO_BRIEFS + 1


def test_pages_of_each_role_open_with_generated_data(scaled_demo_app: Flask) -> None:
    people = page_set.people()
    assert set(people) == {"company", "supplier", "garden", "administrator"}
    assert session.scalar(select(func.count()).select_from(Supplier)) == DEMO_SUPPLIERS + SCALED_SUPPLIERS
    assert session.scalar(select(func.count()).select_from(Brief)) == DEMO_BRIEFS + SCALED_BRIEFS
    pages = page_set.pages()
    assert {role for role, _path in pages} == {"anyone", *people}
    for role, path in pages:
        client = cast("Browser", scaled_demo_app.test_client())
        if role in people:
            client.sign_in(people[role])
        assert client.get(path).status_code == 200, (role, path)
