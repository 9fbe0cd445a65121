"""Pages of applicants, curators and suppliers in every language."""

import pytest
from flask import Flask

from tests.factories.suppliers import applicant, vetting_garden, vetting_of
from tests.support.browser import signed_in


@pytest.mark.parametrize("locale", ["nb", "nn", "en"])
def test_pages_in_every_language(app: Flask, locale: str) -> None:
    home = vetting_garden()
    made, owner = applicant(approved_by=home.curator)
    waiting, _other = applicant("Myrull")
    people = {
        owner: ["/profile", "/profile/cases/new", "/profile/area"],
        home.curator: ["/vetting", "/garden/suppliers", f"/vetting/{vetting_of(waiting).id}"],
    }
    for viewer, paths in people.items():
        person = signed_in(app, viewer)
        person.set_cookie("locale", locale)
        for path in [*paths, "/suppliers", f"/suppliers/{made.slug}", "/suppliers/apply"]:
            person.page(path)
