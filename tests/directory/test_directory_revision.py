"""Every change that the directory shows or the matcher reads gives the directory another revision."""

import io
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask
from PIL import Image

from marketplace.core.database import session
from marketplace.core.viewer import Viewer
from marketplace.directory import queries
from marketplace.organisations.models import BusinessGarden
from marketplace.suppliers import use_cases as profiles
from marketplace.suppliers.models import CaseStudy, Supplier
from marketplace.vetting import use_cases as vettings
from marketplace.vetting.use_cases import Decision
from tests.factories.suppliers import CASE, applicant, application, checklist, vetting_garden, vetting_of
from tests.support.sql_capture import captured_sql

if TYPE_CHECKING:
    from collections.abc import Callable


def _image() -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (64, 64), "teal").save(data, "PNG")
    return data.getvalue()


def _case_id() -> int:
    return session.query(CaseStudy.id).order_by(CaseStudy.id.desc()).limit(1).scalar() or 0


def _decide(curator: Viewer, supplier: Supplier, action: str) -> None:
    item = vetting_of(supplier)
    vettings.decide(
        curator, item.id, Decision(action, item.revision, checklist("ecm"), "Firmaet er oppløst.")
    )


def _rename_garden() -> None:
    session.query(BusinessGarden).one().name = "Ny hage"
    session.commit()


@pytest.mark.both_databases
def test_every_change_of_the_directory_gives_another_fingerprint(app: Flask) -> None:
    home = vetting_garden()
    supplier, owner = applicant(approved_by=home.curator)
    basics = replace(application().basics, name="Kvistverk Data")
    changes: dict[str, Callable[[], Any]] = {
        "name": lambda: profiles.change_basics(owner, basics),
        "municipality": lambda: profiles.change_basics(owner, replace(basics, municipality_number="5001")),
        "text": lambda: profiles.change_text(owner, "Vi bygger nettbutikker for småbruk.", "nb"),
        "language": lambda: profiles.change_text(owner, "Vi bygger nettbutikker for småbruk.", "nn"),
        "services": lambda: profiles.change_services(owner, ["ecm.shop", "ecm.pos"]),
        "sectors": lambda: profiles.change_trades(owner, ["tourism"], ["nb"]),
        "working languages": lambda: profiles.change_trades(owner, ["tourism"], ["nb", "en"]),
        "area": lambda: profiles.change_area(owner, ["5021"], remote=True, on_site=True),
        "presence": lambda: profiles.change_area(owner, ["5021"], remote=False, on_site=True),
        "price": lambda: profiles.change_price(owner, 12_000, None),
        "case": lambda: profiles.add_case(owner, CASE),
        "changed case": lambda: profiles.change_case(owner, _case_id(), replace(CASE, title="Ny butikk")),
        "deleted case": lambda: profiles.delete_case(owner, _case_id()),
        "logo": lambda: profiles.set_logo(owner, "logo.png", _image()),
        "removed logo": lambda: profiles.remove_logo(owner),
        "pause": lambda: profiles.set_paused(owner, paused=True),
        "end of pause": lambda: profiles.set_paused(owner, paused=False),
        "review": lambda: _decide(home.curator, supplier, "read"),
        "suspension": lambda: _decide(home.curator, supplier, "suspend"),
        "reinstatement": lambda: _decide(home.curator, supplier, "reinstate"),
        "application": lambda: applicant("Myrull Media"),
        "garden's name": _rename_garden,
    }
    last, unseen = queries.directory_fingerprint(), []
    for name, change in changes.items():
        change()
        session.rollback()
        before, last = last, queries.directory_fingerprint()
        unseen += [name] if last == before else []
    assert unseen == []


def test_fingerprint_reads_one_row_whatever_the_number_of_suppliers(app: Flask) -> None:
    home = vetting_garden()
    for name in ("Kvistverk", "Myrull", "Tindelys"):
        applicant(name, approved_by=home.curator)
    with captured_sql() as statements:
        queries.directory_fingerprint()
    assert ["directory_revision" in statement for statement in statements] == [True]
