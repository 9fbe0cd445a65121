"""Sign-up on the public pages: seats, waiting list, confirmation, withdrawal, and the link to a registered company."""

import datetime as dt

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.core import clock
from marketplace.core.database import session, transaction
from marketplace.core.errors import Conflict
from marketplace.organisations import use_cases as organisations
from marketplace.organisations.models import Company, CompanyFollower
from marketplace.organisations.use_cases import CompanyDetails
from marketplace.outbox.models import Notice, OutboxMail
from marketplace.programme.models.participation import Participation
from marketplace.programme.models.projects import Cohort
from marketplace.programme.queries.courses import participation_by_token, waiting_list_position
from marketplace.programme.queries.home_page import untaken_seats
from marketplace.programme.seat_deadlines import CONFIRM_HOURS, OFFER_HOURS
from marketplace.programme.use_cases import seat_link, seat_release, sign_up as use_cases
from marketplace.programme.use_cases.contact_data import clear_contacts_of
from marketplace.programme.use_cases.sign_up import Contact, SignUp
from tests import factories
from tests.factories import programme
from tests.support.browser import Browser
from tests.support.concurrency import run_concurrently
from tests.support.notices import mark_mail_sent

NUMBERS = ("310000388", "310000752", "310001120", "310001864")


def details(name: str = "Bjørkvollen ysteri", number: str | None = None, **values: object) -> SignUp:
    email = f"{name.split(maxsplit=1)[0].lower().replace('ø', 'o')}@ysteri.example"
    return SignUp(
        name, number, "5021", "food-drink", Contact("Kari Lyngstad", email, "00 00 00 00"), **values
    )  # type: ignore[arg-type]  # because the caller names fields of SignUp


@pytest.fixture
def cohort(app: Flask) -> Cohort:
    project = programme.project(factories.garden(), is_sign_up_open=True)
    cohort = programme.cohort(programme.place(project), seats=1)
    session.commit()
    return cohort


def sign_up(cohort: Cohort, signed: SignUp) -> Participation:
    use_cases.sign_up(cohort.project.slug, cohort.id, signed, "network 192.0.2.1")
    mark_mail_sent()
    return session.scalars(select(Participation).order_by(Participation.id.desc())).first()  # type: ignore[return-value]  # because one was added


def subjects() -> list[str]:
    return list(session.scalars(select(OutboxMail.subject).order_by(OutboxMail.id)))


def test_second_company_for_last_seat_is_put_on_the_waiting_list(cohort: Cohort) -> None:
    first = sign_up(cohort, details())
    second = sign_up(cohort, details("Fjellheim hytter"))
    assert (first.state, second.state) == ("signed_up", "waiting")
    assert waiting_list_position(second) == 1


def test_withdrawal_offers_the_seat_to_the_next_in_the_same_transaction(cohort: Cohort) -> None:
    first = sign_up(cohort, details())
    second = sign_up(cohort, details("Fjellheim hytter"))
    seat_link.withdraw(first.token, "time", "")
    session.refresh(second)
    assert second.offered_cohort_id == cohort.id
    third = sign_up(cohort, details("Moen rør"))
    assert third.state == "waiting", "an offered seat is not free"
    seat_link.accept_offer(second.token)
    assert second.state == "signed_up"
    assert second.confirmed_at is not None


def test_declined_offer_goes_to_the_next_and_the_company_waits_for_other_places(cohort: Cohort) -> None:
    other = programme.cohort(cohort.place, seats=0)
    session.commit()
    first = sign_up(cohort, details())
    second = sign_up(cohort, details("Fjellheim hytter", accepted_cohort_ids=(other.id,)))
    third = sign_up(cohort, details("Moen rør"))
    seat_link.withdraw(first.token, "time", "")
    seat_link.decline_offer(second.token)
    assert (second.state, second.accepted_cohort_ids) == ("waiting", [other.id])
    assert third.offered_cohort_id == cohort.id


def test_company_is_told_before_and_after_that_declining_the_last_offer_withdraws_it(
    cohort: Cohort, client: Browser
) -> None:
    first, second = sign_up(cohort, details()), sign_up(cohort, details("Fjellheim hytter"))
    seat_link.withdraw(first.token, "time", "")
    assert "Dere går ut av kurset." in client.page(f"{second.path}/decline").text
    assert second.offered_cohort_id == cohort.id
    client.post(f"{second.path}/decline")
    assert client.get(f"{second.path}/decline").location == second.path
    assert (second.state, subjects()[-1]) == ("withdrawn", "Fjellheim hytter har meldt seg av")


def test_full_place_gives_a_seat_at_another_one_that_suits(cohort: Cohort) -> None:
    other = programme.cohort(cohort.place, seats=1)
    session.commit()
    sign_up(cohort, details())
    for name, place in (("Fjellheim hytter", (other, "signed_up")), ("Moen rør", (cohort, "waiting"))):
        company = sign_up(cohort, details(name, accepted_cohort_ids=(other.id,)))
        assert (company.cohort, company.state) == place


def test_waiting_company_takes_a_free_seat_at_another_place(cohort: Cohort) -> None:
    sign_up(cohort, details())
    waiting = sign_up(cohort, details("Fjellheim hytter"))
    other = programme.cohort(cohort.place, "Røros", seats=1)
    seat_link.change_cohort(waiting.token, other.id)
    assert (waiting.state, waiting.cohort, waiting.waiting_since) == ("signed_up", other, None)
    assert waiting.confirmed_at is not None, "the e-mailed link was used"
    assert subjects()[-1] == "Fjellheim hytter har fått plass"


def test_lapsed_offer_goes_to_the_next_company(cohort: Cohort) -> None:
    first = sign_up(cohort, details())
    second, third = (sign_up(cohort, details(name)) for name in ("Fjellheim hytter", "Moen rør"))
    for one in (first, second, third):
        seat_link.confirm_seat(one.token)
    seat_link.withdraw(first.token, "time", "")
    mark_mail_sent()
    with clock.as_of(clock.now() + dt.timedelta(hours=OFFER_HOURS, minutes=1)):
        with pytest.raises(Conflict):
            seat_link.accept_offer(second.token)
        assert seat_release.release_lapsed_offers() == 1
        assert seat_release.release_lapsed_offers() == 0
        session.refresh(third)
        assert (second.state, third.offered_cohort_id) == ("lead", cohort.id)


def test_seat_of_a_course_that_is_over_is_offered_to_nobody(cohort: Cohort) -> None:
    programme.course_session(cohort, clock.now() + dt.timedelta(days=1))
    first, second = sign_up(cohort, details()), sign_up(cohort, details("Fjellheim hytter"))
    with clock.as_of(clock.now() + dt.timedelta(days=2)):
        seat_link.withdraw(first.token, "time", "")
        assert second.offered_cohort_id is None


def test_garden_is_told_to_call_a_company_without_an_address_that_is_offered_a_seat(cohort: Cohort) -> None:
    adviser = factories.member(
        session.get_one(type(factories.garden("Havet hage")), cohort.place.garden_id), "adviser"
    )
    first = sign_up(cohort, details())
    unreachable = programme.participation(
        cohort, state="waiting", contact_email="", contact_phone="00 00 00 00"
    )
    unreachable.waiting_since, unreachable.accepted_cohort_ids = clock.now(), [cohort.id]
    seat_link.withdraw(first.token, "time", "")
    told = session.scalars(select(Notice).where(Notice.kind == "seat_to_offer")).one()
    assert (told.user_id, "00 00 00 00" in told.body) == (adviser.user_id, True)
    with clock.as_of(clock.now() + dt.timedelta(hours=OFFER_HOURS, minutes=1)):
        assert seat_release.release_lapsed_offers() == 1
    assert session.query(OutboxMail).filter_by(recipient="").count() == 0


def test_unconfirmed_seat_is_released_after_three_days(cohort: Cohort) -> None:
    unconfirmed = sign_up(cohort, details())
    with clock.as_of(clock.now() + dt.timedelta(hours=CONFIRM_HOURS, minutes=-1)):
        assert seat_release.release_unconfirmed() == 0
    with clock.as_of(clock.now() + dt.timedelta(hours=CONFIRM_HOURS, minutes=1)):
        assert seat_release.release_unconfirmed() == 1
    assert unconfirmed.state == "lead"
    assert subjects()[-1] == "Plassen til Bjørkvollen ysteri er gitt videre"


def test_lead_keeps_its_contact_person_unless_the_sign_up_is_confirmed(cohort: Cohort) -> None:
    lead = sign_up(cohort, details(number=NUMBERS[0]))
    with clock.as_of(clock.now() + dt.timedelta(hours=CONFIRM_HOURS, minutes=1)):
        seat_release.release_unconfirmed()
    former_token, lead.allows_figures = lead.token, True
    strangers = details("Noko anna", NUMBERS[0])
    sign_up(cohort, strangers)
    assert lead.contact_email == strangers.contact.email
    assert lead.token != former_token
    with clock.as_of(clock.now() + dt.timedelta(hours=CONFIRM_HOURS, minutes=1)):
        seat_release.release_unconfirmed()
    assert (lead.company_name, lead.contact_email) == ("Bjørkvollen ysteri", details().contact.email)
    assert lead.allows_figures
    assert lead.token == former_token, "the link of an invitation works again"
    assert participation_by_token(former_token) is lead
    sign_up(cohort, strangers)
    seat_link.confirm_seat(lead.token)
    assert (lead.contact_email, lead.details_before_sign_up) == (strangers.contact.email, None)


def test_unconfirmed_sign_up_leaves_no_number_and_no_company_on_a_lead(cohort: Cohort) -> None:
    """A stranger knows the name and the address of a lead, and gives it the number of a registered company."""
    lead = sign_up(cohort, details())
    with clock.as_of(clock.now() + dt.timedelta(hours=CONFIRM_HOURS, minutes=1)):
        seat_release.release_unconfirmed()
    other = factories.company(organisation_number=NUMBERS[1])
    session.commit()
    assert sign_up(cohort, details(number=NUMBERS[1])) is lead
    assert (lead.organisation_number, lead.company) == (NUMBERS[1], other)
    with clock.as_of(clock.now() + dt.timedelta(hours=CONFIRM_HOURS, minutes=1)):
        seat_release.release_unconfirmed()
    assert (lead.organisation_number, lead.company) == (None, None)


def test_erased_former_contact_person_does_not_come_back(cohort: Cohort) -> None:
    lead = sign_up(cohort, details(number=NUMBERS[0]))
    with clock.as_of(clock.now() + dt.timedelta(hours=CONFIRM_HOURS, minutes=1)):
        seat_release.release_unconfirmed()
    former_token = lead.token
    sign_up(cohort, details("Noko anna", NUMBERS[0]))
    with transaction():
        clear_contacts_of(details().contact.email)
    with clock.as_of(clock.now() + dt.timedelta(hours=CONFIRM_HOURS, minutes=1)):
        seat_release.release_unconfirmed()
    assert (lead.company_name, lead.contact_name, lead.contact_email) == ("Bjørkvollen ysteri", "", "")
    assert lead.token != former_token


def test_withdrawn_company_that_comes_back_keeps_its_row(cohort: Cohort) -> None:
    first = sign_up(cohort, details(number=NUMBERS[0]))
    seat_link.withdraw(first.token, "time", "Onnetid")
    again = sign_up(cohort, details(number=NUMBERS[0]))
    assert again.id == first.id
    assert again.state == "signed_up"
    seat_link.withdraw(again.token, "time", "")
    assert seat_link.sign_up_again(again.token, cohort.id)
    assert session.query(Participation).count() == 1


def test_sign_up_of_a_signed_up_company_notifies_its_contact_and_changes_nothing(cohort: Cohort) -> None:
    first = sign_up(cohort, details(number=NUMBERS[0]))
    stranger = details("Falsk ysteri", NUMBERS[0])
    sign_up(cohort, stranger)
    session.refresh(first)
    assert first.contact_email == "bjorkvollen@ysteri.example"
    mail = session.scalars(select(OutboxMail).order_by(OutboxMail.id.desc())).first()
    assert mail is not None
    assert (mail.recipient, mail.subject) == (first.contact_email, "Bjørkvollen ysteri er allerede påmeldt")


def test_changed_address_makes_the_former_link_invalid(cohort: Cohort, client: Browser) -> None:
    first = sign_up(cohort, details())
    former = first.token
    seat_link.change_contact(former, Contact("Ola Nyhus", "ola@ysteri.example", "00 00 00 00"))
    assert client.get(f"/courses/seat/{former}").status_code == 404
    assert "Ola Nyhus" in client.page(first.path).text


def test_owner_who_registers_the_number_is_linked_and_followed(cohort: Cohort) -> None:
    signed = sign_up(cohort, details(number=NUMBERS[0]))
    elsewhere = factories.garden(name="Rørosregionen hage", covered_municipalities=["5025"])
    session.commit()
    owner = factories.user(email="eier@ysteri.example")
    with transaction():
        company = organisations.add_company(
            owner.id, CompanyDetails("Bjørkvollen ysteri", NUMBERS[0], "5025", "food-drink")
        ).organisation
    session.refresh(signed)
    assert signed.company_id == company.id

    def followers() -> set[tuple[int, str]]:
        rows = session.scalars(select(CompanyFollower).where(CompanyFollower.company_id == company.id))
        return {(one.garden_id, one.why) for one in rows if one.until is None}

    assert followers() == {(elsewhere.id, "area")}, "a stranger may have signed the company up"
    seat_link.confirm_seat(signed.token)
    assert followers() == {(elsewhere.id, "area"), (cohort.place.garden_id, "cohort")}
    assert any("følger dere mens dere er med på kurset" in subject for subject in subjects())
    seat_link.withdraw(signed.token, "time", "")
    assert followers() == {(elsewhere.id, "area")}


def test_garden_is_told_where_and_why_a_company_withdrew(cohort: Cohort) -> None:
    factories.member(cohort.place.garden, email="ingrid@fjellfoten.example")
    first = sign_up(cohort, details())
    seat_link.withdraw(first.token, "time", "Sesongen ble for travel.")
    session.commit()
    notice = session.scalars(select(Notice).order_by(Notice.id.desc())).first()
    assert notice is not None
    assert notice.link_path == f"/programme/{cohort.project.slug}/companies/{first.id}"
    assert f"i {cohort.place.name}" in notice.body
    assert "Vi har ikke tid" in notice.body


@pytest.mark.parametrize(
    ("number", "name", "email", "is_linked"),
    [
        (None, "Bjørkvollen  Ysteri", "bjorkvollen@ysteri.example", True),
        (NUMBERS[0], "Bjørkvollen ysteri", "bjorkvollen@ysteri.example", True),
        (None, "Bjørkvollen gård", "bjorkvollen@ysteri.example", False),
        (None, "Bjørkvollen ysteri", "andre@ysteri.example", False),
    ],
)
def test_contact_person_who_registers_without_number_is_linked(
    cohort: Cohort, number: str | None, name: str, email: str, is_linked: bool
) -> None:
    signed = sign_up(cohort, details())
    owner = factories.user(email=email)
    with transaction():
        company = organisations.add_company(
            owner.id, CompanyDetails(name, number, "5021", "food-drink")
        ).organisation
    session.refresh(signed)
    assert signed.company_id == (company.id if is_linked else None)


def test_owner_of_company_without_number_signs_it_up_and_is_linked(cohort: Cohort) -> None:
    signed = details()
    company = factories.company(signed.company_name)
    factories.member(company, email=signed.contact.email)
    session.commit()
    assert sign_up(cohort, signed).company_id == company.id


@pytest.mark.both_databases
def test_concurrent_sign_ups_never_exceed_the_seats(cohort: Cohort, app: Flask) -> None:
    cohort.seats = 5
    slug, cohort_id = cohort.project.slug, cohort.id

    def apply(number: int) -> None:
        use_cases.sign_up(slug, cohort_id, details(f"Bedrift{number} AS"), f"network {number}")

    assert run_concurrently(app, apply) == ["done"] * 12
    rows = session.scalars(select(Participation).order_by(Participation.id)).all()
    assert [row.state for row in rows] == ["signed_up"] * 5 + ["waiting"] * 7
    assert [waiting_list_position(row) for row in rows[5:]] == list(range(1, 8))


def test_public_page_signs_up_and_the_link_confirms(cohort: Cohort, client: Browser) -> None:
    programme.course_session(cohort)
    cohort.project.fee_nok = 4600
    session.commit()
    assert "1 av 1 plasser ledig" in client.page("/courses").text
    path = f"/courses/{cohort.project.slug}/{cohort.id}/sign-up"
    fee = "Kurset koster 4 600 kr for bedriften"
    assert fee in client.page(path).text
    form = {
        "organisation_number": "310 000 388",
        "company_name": "Bjørkvollen ysteri",
        "municipality": "5021",
        "sector": "food-drink",
        "contact_name": "Kari Lyngstad",
        "email": "kari@ysteri.example",
        "phone": "00 00 00 00",
    }
    refused = client.post(path, data=form | {"phone": "ring butikken"})
    assert "Skriv et telefonnummer med åtte siffer" in refused.text
    assert "ring butikken" in refused.text
    answer = client.post(path, data=form)
    assert "kari@ysteri.example" in client.page(answer.headers["Location"]).text
    mail = session.scalars(select(OutboxMail)).one()
    assert fee in mail.body.replace("\N{NO-BREAK SPACE}", " ")
    assert "Bekreft" in client.page(mail.link_path).text
    client.post(f"{mail.link_path}/confirm")
    assert session.query(Participation).one().confirmed_at is not None
    paths = [str(link.get("href")) for link in client.page(mail.link_path).all("a")]
    page = client.page(next(path for path in paths if path.startswith("/register/company")))
    values = [page.one("input", id=name).get("value") for name in ("name", "organisation_number")]
    assert values == ["Bjørkvollen ysteri", "310 000 388"]
    assert page.one("option", value="food-drink").get("selected") is not None


def test_honeypot_stores_nothing(cohort: Cohort, client: Browser) -> None:
    path = f"/courses/{cohort.project.slug}/{cohort.id}/sign-up"
    client.post(
        path,
        data={
            "company_name": "Bot AS",
            "municipality": "5021",
            "sector": "food-drink",
            "contact_name": "Bot",
            "email": "bot@bot.example",
            "phone": "00 00 00 00",
            "homepage": "https://bot.example",
        },
    )
    assert session.query(Participation).count() == 0


def followers_by_course(company: Company) -> set[int]:
    query = select(CompanyFollower).where(CompanyFollower.company_id == company.id)
    return {one.garden_id for one in session.scalars(query) if (one.why, one.until) == ("cohort", None)}


def test_garden_follows_a_company_until_it_leaves_the_last_course_there(cohort: Cohort) -> None:
    company = factories.company(of=factories.garden("Annen næringshage"))
    later = programme.cohort(programme.place(programme.project(cohort.place.garden)))
    seats = [
        programme.participation(one, company_id=company.id, confirmed_at=None) for one in (cohort, later)
    ]
    for seat in seats:
        seat_link.confirm_seat(seat.token)
    seat_link.withdraw(seats[1].token, "time", "")
    assert followers_by_course(company) == {cohort.place.garden_id}
    seat_link.withdraw(seats[0].token, "time", "")
    assert followers_by_course(company) == set()


def test_page_of_a_company_that_waits_after_an_earlier_seat_shows_when_to_confirm(
    cohort: Cohort, client: Browser
) -> None:
    now = clock.now()
    again = programme.participation(
        cohort,
        state="waiting",
        confirmed_at=None,
        signed_up_at=now - dt.timedelta(days=30),
        waiting_since=now,
    )
    session.commit()
    assert "Bekreft innen" in client.page(again.path).text


def test_company_that_did_not_confirm_its_place_on_the_waiting_list_reads_what_it_lost(
    cohort: Cohort,
) -> None:
    programme.participation(cohort)
    waiting = sign_up(cohort, details("Fjellheim hytter"))
    with clock.as_of(clock.now() + dt.timedelta(hours=CONFIRM_HOURS, minutes=1)):
        seat_release.release_unconfirmed()
    assert waiting.state == "lead"
    assert subjects()[-1] == "Fjellheim hytter står ikke lenger på ventelisten"


def test_stranger_who_did_not_confirm_gets_a_link_that_works(cohort: Cohort, client: Browser) -> None:
    lead = programme.participation(cohort.project, organisation_number=NUMBERS[0])
    session.commit()
    sign_up(cohort, details("Noko anna", NUMBERS[0]))
    with clock.as_of(clock.now() + dt.timedelta(hours=CONFIRM_HOURS, minutes=1)):
        seat_release.release_unconfirmed()
    mail = session.scalars(select(OutboxMail).order_by(OutboxMail.id.desc())).first()
    assert mail is not None
    assert mail.recipient != lead.contact_email
    assert client.get(mail.link_path).status_code == 200


def test_home_page_lists_lapsed_offers_only(cohort: Cohort) -> None:
    adviser = factories.member(cohort.place.garden, "adviser")
    seated = programme.participation(cohort)
    offered, unconfirmed = (sign_up(cohort, details(name)) for name in ("Fjellheim hytter", "Moen rør"))
    seat_link.confirm_seat(offered.token)
    seat_link.withdraw(seated.token, "time", "")
    mark_mail_sent()
    with clock.as_of(clock.now() + dt.timedelta(hours=CONFIRM_HOURS, minutes=1)):
        seat_release.release_unconfirmed()
        seat_release.release_lapsed_offers()
        assert unconfirmed.state == "lead"
        assert [one.participation_id for one in untaken_seats(adviser)] == [offered.id]
