"""`marketplace region`: gardens and invitations are created once, all of them or none, and the file is installed."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.audit.models import AuditEvent
from marketplace.core import taxonomy
from marketplace.core.database import session
from marketplace.core.region import default_region
from marketplace.organisations import queries
from marketplace.organisations.models import ColleagueInvitation
from marketplace.outbox.models import OutboxMail
from marketplace.regions import use_cases
from marketplace.regions.reader import RegionFileError, installed_region, read_region, region_path
from tests import factories
from tests.support.regions import REGION_FILES, region_in_use

Command = Callable[..., object]
INNLANDET = REGION_FILES / "innlandet.yaml"
NORTH_WEST = REGION_FILES / "more-og-romsdal.yaml"


@pytest.fixture
def administrator(app: Flask) -> str:
    del app
    factories.administrator(email="admin@torget.example")
    session.commit()
    return "admin@torget.example"


def output(result: object) -> str:
    return str(getattr(result, "output", ""))


def test_import_adds_gardens_invites_people_and_installs_the_file(
    command: Command, administrator: str, tmp_path: Path
) -> None:
    result = output(command("region", "import", str(INNLANDET), "--by", administrator))
    assert "Innlandet. Municipalities: 46. Business gardens: 2." in result
    assert "Restart" in result
    gardens = {garden.name: garden for garden in queries.gardens()}
    assert set(gardens) == {"Mjøskanten næringshage", "Fjellporten næringshage"}
    garden = gardens["Mjøskanten næringshage"]
    assert garden.covered_municipalities == ["3407", "3443", "3442", "3403"]
    assert (garden.municipality_number, garden.website) == ("3407", "https://www.mjoskanten.example")
    invited = session.scalars(select(ColleagueInvitation)).all()
    assert {(one.email, one.role) for one in invited} == {
        ("solveig@mjoskanten.example", "curator"),
        ("per@mjoskanten.example", "adviser"),
        ("gro@fjellporten.example", "curator"),
    }
    assert {mail.locale for mail in session.scalars(select(OutboxMail))} == {"nb"}
    installed = installed_region(tmp_path / "instance")
    assert (installed.name, installed.gardens) == ("Innlandet", ())
    assert "@" not in region_path(tmp_path / "instance").read_text(encoding="utf-8")
    assert "region.import" in session.scalars(select(AuditEvent.action)).all()


def test_second_import_changes_no_garden_and_invites_nobody(command: Command, administrator: str) -> None:
    command("region", "import", str(INNLANDET), "--by", administrator)
    garden = next(one for one in queries.gardens() if one.name.startswith("Mjøs"))
    garden.phone = "61 11 11 11"
    session.commit()
    result = output(command("region", "import", str(INNLANDET), "--by", administrator))
    assert "Mjøskanten næringshage exists and is not changed." in result
    session.refresh(garden)
    assert garden.phone == "61 11 11 11"
    assert len(queries.all_gardens()) == 2
    assert len(session.scalars(select(ColleagueInvitation)).all()) == 3


def test_invitations_of_a_nynorsk_region_are_in_nynorsk(command: Command, administrator: str) -> None:
    command("region", "import", str(NORTH_WEST), "--by", administrator)
    (mail,) = session.scalars(select(OutboxMail)).all()
    assert mail.locale == "nn"


def test_dry_run_changes_nothing(command: Command, administrator: str, tmp_path: Path) -> None:
    result = output(command("region", "import", str(INNLANDET), "--dry-run"))
    assert "Mjøskanten næringshage would be added" in result
    assert "Nothing was changed." in result
    assert queries.all_gardens() == []
    assert not region_path(tmp_path / "instance").exists()
    assert session.scalars(select(OutboxMail)).all() == []


def test_refused_import_changes_nothing(command: Command, administrator: str, tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text(INNLANDET.read_text(encoding="utf-8").replace("Gjøvik, V", "Gjovikk, V"), encoding="utf-8")
    for words, message in (
        ((str(bad), "--by", administrator), "Unknown municipality: Gjovikk"),
        ((str(tmp_path / "none.yaml"), "--by", administrator), "cannot be read"),
        ((str(INNLANDET),), "--by EMAIL"),
        ((str(INNLANDET), "--by", "nobody@torget.example"), "not an administrator"),
    ):
        result = command("region", "import", *words)
        assert message in output(result)
        assert getattr(result, "exit_code", 0) == 1
    assert queries.all_gardens() == []
    assert not region_path(tmp_path / "instance").exists()


def test_garden_whose_municipality_is_covered_is_refused(
    command: Command, administrator: str, tmp_path: Path
) -> None:
    factories.garden("Toten næringshage", municipality_number="3443", covered_municipalities=["3443"])
    session.commit()
    result = output(command("region", "import", str(INNLANDET), "--by", administrator))
    assert (
        "Mjøskanten næringshage covers Vestre Toten (3443), which Toten næringshage covers already" in result
    )
    assert len(queries.all_gardens()) == 1
    assert not region_path(tmp_path / "instance").exists()


def test_service_that_a_region_added_cannot_be_removed_only_retired(
    command: Command, administrator: str, tmp_path: Path
) -> None:
    command("region", "import", str(NORTH_WEST), "--by", administrator)
    assert "retired: true" in output(command("region", "import", str(INNLANDET), "--by", administrator))
    retired = tmp_path / "retired.yaml"
    text = NORTH_WEST.read_text(encoding="utf-8").replace(
        "  unit: project\n", "  unit: project\n  retired: true\n"
    )
    retired.write_text(text, encoding="utf-8")
    assert "Installed." in output(command("region", "import", str(retired)))
    assert installed_region(tmp_path / "instance").taxonomy[0]["retired"] is True


def test_retired_sector_is_offered_only_to_those_that_have_it() -> None:
    region = read_region(INNLANDET)
    retired = replace(region, sectors=[{**sector, "retired": True} for sector in region.sectors])
    with region_in_use(retired):
        codes = {sector["code"] for sector in region.sectors}
        assert codes & dict(taxonomy.sector_options()).keys() == set()
        assert codes & dict(taxonomy.sector_options(["mountain-farming"])).keys() == {"mountain-farming"}
        assert taxonomy.sector("mountain-farming").label


def test_sector_that_a_region_added_cannot_be_removed_but_renamed(
    command: Command, administrator: str, tmp_path: Path
) -> None:
    command("region", "import", str(INNLANDET), "--by", administrator)
    text = INNLANDET.read_text(encoding="utf-8")
    lacking, renamed = tmp_path / "lacking.yaml", tmp_path / "renamed.yaml"
    lacking.write_text(text[: text.index("sectors:")], encoding="utf-8")
    refused = output(command("region", "import", str(lacking)))
    assert "sectors that the installed region has: mountain-farming." in refused
    assert "Nothing was changed." in refused
    only_added = text[: text.index("- code: wood-furniture")].replace("nb: Seterdrift", "nb: Seter")
    only_added = only_added.replace(
        "- code: mountain-farming\n", "- code: mountain-farming\n  retired: true\n"
    )
    renamed.write_text(only_added, encoding="utf-8")
    assert "Added or renamed sectors: 1." in output(command("region", "import", str(renamed)))
    (sector,) = installed_region(tmp_path / "instance").sectors
    assert (sector["code"], sector["label"]["nb"], sector["retired"]) == ("mountain-farming", "Seter", True)


def test_failed_write_leaves_no_garden_and_the_former_file(
    app: Flask, administrator: str, tmp_path: Path
) -> None:
    region = read_region(INNLANDET)
    path = region_path(tmp_path)
    path.write_text("former", encoding="utf-8")
    (tmp_path / ".region.yaml.part").mkdir()  # the new file cannot be written
    viewer = use_cases.find_administrator(administrator, "nb")
    changes = use_cases.find_changes(region, None)
    with pytest.raises(OSError, match=r"region.yaml.part"):
        use_cases.install_region(region, changes, tmp_path, viewer)
    (tmp_path / ".region.yaml.part").rmdir()
    assert queries.all_gardens() == []
    assert path.read_text(encoding="utf-8") == "former"


def test_export_can_be_imported_again_without_a_change(
    command: Command, administrator: str, tmp_path: Path
) -> None:
    command("region", "import", str(NORTH_WEST), "--by", administrator)
    before = region_path(tmp_path / "instance").read_bytes()
    with region_in_use(installed_region(tmp_path / "instance")):  # as a process of its own does
        assert "Business gardens: 1" in output(command("region", "export", str(tmp_path)))
    text = (tmp_path / "region.yaml").read_text(encoding="utf-8")
    assert "Storfjorden næringshage" in text
    assert "ragnhild" not in text
    assert text.count("number:") == 6
    assert "exists already" in output(command("region", "export", str(tmp_path / "region.yaml")))
    assert "Installed." in output(command("region", "import", str(tmp_path)))
    again = installed_region(tmp_path / "instance")
    region_path(tmp_path / "instance").write_bytes(before)
    former = installed_region(tmp_path / "instance")
    assert (again.taxonomy, again.guide, again.municipalities) == (
        former.taxonomy,
        former.guide,
        former.municipalities,
    )
    assert again.course_plan["sessions"][0] == former.course_plan["sessions"][0]


def test_export_without_a_database_writes_the_default_region(
    empty_database_url: str, command: Command, tmp_path: Path
) -> None:
    result = output(command("region", "export", str(tmp_path / "a.yaml"), DATABASE_URL=empty_database_url))
    assert "Business gardens: 0" in result
    assert read_region(tmp_path / "a.yaml").names == default_region().names


def test_unusable_region_file_stops_every_command_but_import(
    command: Command, administrator: str, tmp_path: Path
) -> None:
    path = region_path(tmp_path / "instance")
    path.parent.mkdir(exist_ok=True)
    path.write_text("name: x\n", encoding="utf-8")
    result = command("check")
    assert getattr(result, "exit_code", 0) == 1
    assert f"The region file cannot be used. 4 errors in {path}" in output(result)
    with pytest.raises(RegionFileError):
        installed_region(path.parent)
    assert "Installed." in output(command("region", "import", str(INNLANDET), "--by", administrator))
