"""An issued report is verified by what it contains, whatever the program has learned to count since."""

import copy
import datetime as dt

import pytest

from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.dates import add_months
from marketplace.core.taxonomy import services
from marketplace.finance.models import AidGrant
from marketplace.privacy.course_retention import delete_old_finances
from marketplace.regions.reader import read_region
from marketplace.reporting.models import ReportIssue
from marketplace.reporting.queries.issues import verify_issue
from marketplace.reporting.serialization import content_digest
from marketplace.reporting.use_cases import IssueDetails, issue_report
from marketplace.reporting.verification import verify_content
from tests.factories.reporting import reported_project
from tests.support.regions import REGION_FILES, region_in_use


def figure(code, value):
    return {"code": code, "value": value, "unit": "count", "n": None}


def content(**parts):
    return {
        "schema_version": 1,
        "from": "2026-01-01",
        "parts": [
            {
                "code": code,
                "figures": [figure(name, value) for name, value in values.items()],
                "breakdowns": [{"code": f"{code}_by", "total_code": "all", "cells": {"a": 7, "b": None}}],
            }
            for code, values in parts.items()
        ],
    }


def verify(issued, computed):
    return verify_content(issued, content_digest(issued), computed)


def test_added_figures_parts_keys_and_another_order_change_nothing():
    issued = content(project={"places": 4, "gardens": 3}, network={"suppliers": 9})
    computed = content(
        network={"suppliers": 9, "declines": 2}, project={"gardens": 3, "places": 4, "sites": 1}, demand={"searches": 8}
    )  # fmt: skip
    computed["definitions_version"] = 7
    computed["parts"][0]["figures"][0]["added_key"] = 1
    computed["parts"][1]["breakdowns"].append({"code": "new", "total_code": "all", "cells": {"a": 1}})
    found = verify(issued, computed)
    assert (found.is_verified, found.digest, found.definitions_version) == (True, content_digest(issued), 1)


@pytest.mark.parametrize(
    ("computed", "changed"),
    [
        (content(project={"places": 4, "gardens": 2}), ["project.gardens"]),
        (content(project={"places": 4}), ["project.gardens"]),
        (content(other={}), ["project.places", "project.gardens", "project.project_by"]),
        (content(project={"places": 4, "gardens": 3}) | {"from": "2026-02-01"}, ["from"]),
    ],
)
def test_changed_and_missing_figures_are_named(computed, changed):
    found = verify(content(project={"places": 4, "gardens": 3}), computed)
    assert (found.changed, found.is_verified) == (changed, False)


def test_changed_category_of_a_breakdown_is_named():
    issued = content(project={"places": 4})
    computed = copy.deepcopy(issued)
    computed["parts"][0]["breakdowns"][0]["cells"]["c"] = 5
    assert verify(issued, computed).changed == ["project.project_by"]


def test_content_without_its_digest_is_not_verified():
    issued = content(project={"places": 4})
    found = verify_content(issued, content_digest(content(project={"places": 5})), issued)
    assert (found.is_intact, found.changed, found.is_verified) == (False, [], False)


@pytest.fixture
def issue(app):
    built = reported_project()
    today = clock.today()
    with clock.as_of(clock.now() + dt.timedelta(minutes=1)):
        details = IssueDetails(today - dt.timedelta(days=30), today, 0)
        return issue_report(built.curator, built.project.slug, details)


def store(issue, content):
    """Replace the content of an issue, as if it had been issued so."""
    issue.content, issue.digest = content, content_digest(content)
    session.commit()
    session.expire_all()
    return session.get_one(ReportIssue, issue.id)


def test_issue_of_an_older_figure_list_is_verified_after_the_upgrade(issue, command):
    older = copy.deepcopy(issue.content)
    del older["definitions_version"]
    older["parts"] = [part for part in older["parts"] if part["code"] != "network"]
    for part in older["parts"]:
        part["figures"] = part["figures"][:-1]
        part["breakdowns"] = part["breakdowns"][1:]
    stored = store(issue, older)
    assert verify_issue(stored).is_verified
    result = command("report", "--verify", stored.digest)
    assert result.exit_code == 0
    assert stored.digest in result.output


def test_issue_with_figures_that_are_counted_otherwise_now_is_verified(issue):
    """Aid counted other benefits too, and the basis of quotes was answers: the issue has the codes of these figures."""
    older = copy.deepcopy(issue.content)
    aid = next(part for part in older["parts"] if part["code"] == "aid")
    for one in aid["figures"]:
        one["code"] = one["code"].removeprefix("state_")
    satisfaction = next(part for part in older["parts"] if part["code"] == "satisfaction")
    figures = {one["code"]: one for one in satisfaction["figures"]}
    figures["quotable"] |= {"code": "quotes", "of": figures["feedback"]["value"]}
    assert verify_issue(store(issue, older)).is_verified


def test_issue_is_verified_after_the_region_has_added_a_service(issue):
    with region_in_use(read_region(REGION_FILES / "more-og-romsdal.yaml")):
        assert "web.boat-timetable" in services()
        assert verify_issue(issue).is_verified


def test_command_takes_the_local_date_of_an_issue_made_after_midnight(app, command):
    built = reported_project()
    with clock.as_of(dt.datetime(2026, 6, 9, 22, 30, tzinfo=dt.UTC)):
        details = IssueDetails(dt.date(2026, 1, 1), dt.date(2026, 6, 9), 0)
        issue = issue_report(built.curator, built.project.slug, details)
    result = command("report", "--verify", issue.digest, "--as-of", "2026-06-10")
    assert "of 2026-06-10 is verified" in result.output


def test_command_names_the_figure_that_no_longer_follows(issue, command):
    altered = copy.deepcopy(issue.content)
    next(part for part in altered["parts"] if part["code"] == "companies")["figures"][1]["value"] += 1
    stored = store(issue, altered | {"definitions_version": 0})
    result = command("report", "--verify", stored.digest)
    assert result.exit_code == 1
    assert "companies.recruited" in result.output
    assert "version 0 of the definitions" in result.output


def test_command_finds_content_that_was_changed_after_the_issue(issue, command):
    altered = copy.deepcopy(issue.content)
    altered["parts"][0]["figures"].pop()
    issue.content = altered
    session.commit()
    result = command("report", "--verify", issue.digest)
    assert result.exit_code == 1
    assert "changed after it was issued" in result.output


def delete_finances(project):
    """Delete the accounts of a project as the job does ten years after its end."""
    project.ends_on = clock.today()
    session.commit()
    with clock.as_of(clock.from_local(add_months(clock.today(), 121), dt.time(12))):
        assert delete_old_finances() > 0


def verify_in_eleven_years(command, issue):
    with clock.as_of(clock.from_local(add_months(clock.today(), 132), dt.time(12))):
        return command("report", "--verify", issue.digest)


def test_accounts_deleted_after_their_period_are_no_difference(issue, command):
    delete_finances(issue.project)
    result = verify_in_eleven_years(command, issue)
    assert (result.exit_code, "retention period" in result.output) == (0, True)
    with clock.as_of(clock.from_local(add_months(clock.today(), 132), dt.time(12))):
        found = verify_issue(issue)
    assert "aid.state_aid_sum" in found.deleted
    assert "finance.positions" not in found.deleted
    assert found.is_verified


def test_other_differences_count_after_the_retention_period(issue, command):
    delete_finances(issue.project)
    altered = copy.deepcopy(issue.content)
    next(part for part in altered["parts"] if part["code"] == "companies")["figures"][1]["value"] += 1
    result = verify_in_eleven_years(command, store(issue, altered))
    assert result.exit_code == 1
    assert "companies.recruited" in result.output
    assert "aid_sum" not in result.output


def test_accounts_deleted_within_their_period_are_a_difference(issue, command):
    session.query(AidGrant).delete()
    session.commit()
    result = command("report", "--verify", issue.digest)
    assert result.exit_code == 1
    assert "aid.state_aid_sum" in result.output


def test_wrong_account_is_a_difference_while_others_are_kept(issue, command):
    session.query(AidGrant).delete()
    issue.project.ends_on = clock.today()
    session.commit()
    assert "aid.state_aid_sum" in verify_in_eleven_years(command, issue).output
