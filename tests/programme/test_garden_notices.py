"""Notices to business gardens about the courses at their places: handed over, cancelled, closed, or left without a garden."""

from dataclasses import dataclass, replace

import pytest

from marketplace.core.database import session
from marketplace.core.details import details_of
from marketplace.core.viewer import Viewer
from marketplace.organisations.models import BusinessGarden
from marketplace.organisations.use_cases import set_garden_active
from marketplace.programme.models.projects import Cohort, Project, ProjectGarden
from marketplace.programme.use_cases import cohorts, projects
from tests import factories
from tests.factories import programme
from tests.support.notices import notices_to


@dataclass(frozen=True)
class Partners:
    """A project whose leader has given a place to a partner garden."""

    cohort: Cohort
    leader: Viewer
    colleague: Viewer
    partner: Viewer

    @property
    def project(self) -> Project:
        return self.cohort.project


@pytest.fixture
def partners(garden: BusinessGarden, project: Project) -> Partners:
    partner = factories.garden("Kysthagen", covered_municipalities=["5056"])
    session.add(ProjectGarden(project_id=project.id, garden_id=partner.id))
    cohort = programme.cohort(programme.place(project, "Hitra", garden_id=partner.id), "Hitra vår")
    found = Partners(
        cohort,
        factories.member(garden, "curator"),
        factories.member(garden, "adviser", email="kollega@x.example"),
        factories.member(partner, "adviser", email="partner@x.example"),
    )
    session.commit()
    return found


def subjects(viewer: Viewer) -> list[str]:
    return [notice.subject for notice in notices_to(viewer)]


def test_both_gardens_hear_of_a_place_that_is_handed_over(partners: Partners, garden: BusinessGarden) -> None:
    place = partners.cohort.place
    details = replace(details_of(cohorts.PlaceDetails, place), garden_id=garden.id)
    cohorts.save_place(partners.leader, partners.project.slug, details, place.id)
    name = partners.project.name
    assert subjects(partners.partner) == [f"{garden.name} har nå ansvaret for {name} i Hitra"]
    assert subjects(partners.colleague) == [f"Dere har nå ansvaret for {name} i Hitra"]
    assert subjects(partners.leader) == [], "the leader did it"
    assert "bedriftene" not in notices_to(partners.partner)[0].body + notices_to(partners.colleague)[0].body


def test_notices_of_a_cohort_with_companies_and_sessions_name_both(partners: Partners) -> None:
    programme.course_session(partners.cohort)
    programme.participation(partners.cohort, contact_email="")
    cohorts.cancel_cohort(partners.leader, partners.project.slug, partners.cohort.id)
    (notice,) = notices_to(partners.partner)
    assert "Ring dem som ikke har e-postadresse." in notice.body
    assert notice.link_path.endswith("/sessions")


def test_partner_hears_of_a_cancelled_cohort_and_of_a_closed_project(partners: Partners) -> None:
    name = partners.project.name
    cohorts.cancel_cohort(partners.leader, partners.project.slug, partners.cohort.id)
    projects.set_project_closed(partners.leader, partners.project.slug, closed=True)
    assert subjects(partners.partner) == [f"Avlyst: {name}, Hitra vår", f"{name} er avsluttet"]
    assert subjects(partners.colleague) == [f"{name} er avsluttet"]
    cancelled, closed = notices_to(partners.partner)
    assert (cancelled.body, closed.body) == (
        "Prosjektlederen har avlyst kurset.",
        "Prosjektlederen har avsluttet prosjektet.",
    )
    assert cancelled.link_path == closed.link_path == f"/programme/{partners.project.slug}"


def test_project_hears_of_a_place_whose_garden_has_closed(partners: Partners) -> None:
    garden_id = partners.partner.organisation_id or 0
    set_garden_active(factories.administrator(), garden_id, active=False)
    (notice,) = notices_to(partners.leader)
    assert notice.subject == f"Kysthagen er stengt: {partners.project.name} trenger en annen næringshage"
    assert "Hitra" in notice.body
    assert subjects(partners.colleague) == [notice.subject]
