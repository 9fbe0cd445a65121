"""Hours, money, fees and aid are deleted ten years after the end of their project."""

import datetime as dt

from marketplace import worker
from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.dates import add_months
from marketplace.finance.models import AidGrant, FundingSource, HoursEntry, MoneyEntry, ParticipationFee
from marketplace.finance.use_cases.aid import FeeDetails, note_fees
from marketplace.privacy.course_retention import delete_old_finances
from tests.factories import finance, programme


def test_finances_are_deleted_ten_years_after_the_project(garden, project, leader):
    seat = programme.participation(
        programme.cohort(programme.place(project)), organisation_number="310000019"
    )
    note_fees(leader, project.slug, [seat.id], FeeDetails("paid", 500_000, clock.today()))
    first = finance.hours(project, leader.user_id)
    finance.hours(project, leader.user_id, replaces_id=first.id)
    paid_by = finance.source(project, leader.user_id)
    finance.entry(project, leader.user_id, source_id=paid_by.id, category="")
    finance.grant(seat, leader.user_id)
    project.ends_on = clock.today()
    other = finance.hours(programme.project(garden, "Uten slutt"), leader.user_id)
    session.commit()
    last_day = add_months(clock.today(), 120)
    for day, deleted in ((last_day, 0), (last_day + dt.timedelta(days=1), 6), (last_day, 0)):
        with clock.as_of(clock.from_local(day, dt.time(12))):
            assert delete_old_finances() == deleted
    assert session.query(HoursEntry.id).all() == [(other.id,)]
    for table in (FundingSource, MoneyEntry, ParticipationFee, AidGrant):
        assert session.query(table).count() == 0
    assert delete_old_finances in worker.JOBS
