"""Factory of a company that a garden follows, with its owner and an adviser."""

from dataclasses import dataclass

from flask import Flask

from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.viewer import Viewer
from marketplace.mandates.models import Mandate
from marketplace.mandates.queries.acting import mandated_viewer
from marketplace.mandates.rules import default_end
from marketplace.mandates.use_cases import mandates
from marketplace.organisations.models import BusinessGarden, Company
from tests import factories
from tests.support.browser import Browser, signed_in


@dataclass(frozen=True)
class MandatePeople:
    """The people of a mandate, each as a viewer."""

    app: Flask
    garden: BusinessGarden
    company: Company
    owner: Viewer
    member: Viewer
    adviser: Viewer

    def give(self) -> Mandate:
        """Give the garden a mandate."""
        return mandates.give_mandate(self.owner, self.garden.id, default_end(clock.today()))

    def acting(self, mandate: Mandate) -> Viewer:
        """Return the adviser as a viewer who writes for the company."""
        return mandated_viewer(self.adviser, mandate.id, self.company.id, self.company.name, self.garden.id)

    def writing(self, adviser: Viewer | None = None) -> Browser:
        """Return a browser in which an adviser of the garden writes for the company."""
        browser = signed_in(self.app, adviser or self.adviser)
        assert browser.post(f"/companies/{self.company.id}/write").status_code == 303
        return browser


def mandate_people(app: Flask) -> MandatePeople:
    """Add a company with an owner and a member, and a garden with an adviser that follows it."""
    garden = factories.garden()
    company = factories.company(of=garden)
    found = MandatePeople(
        app,
        garden,
        company,
        factories.member(company, name="Eli Eier"),
        factories.member(company, "member", name="Mads Medlem"),
        factories.member(garden, "adviser", name="Ragna Rådgiver"),
    )
    session.commit()
    return found
