"""Region files: what is read, and a clear message with line, key and remedy for each fault."""

from pathlib import Path

import pytest

from marketplace.core.region import default_region
from marketplace.data import data_path
from marketplace.regions.export import region_yaml
from marketplace.regions.reader import RegionFileError, read_region
from tests.support.regions import REGION_FILES

pytestmark = pytest.mark.once
SECTOR = """\
sectors:
- code: mountain-farming
  label: {nb: Seterdrift, nn: Stølsdrift, en: Summer farming}
  terms: {nb: [seter], nn: [støl], en: [summer farm]}
- code: tourism
  label: {nb: Turisme, nn: Turisme, en: Visitors}
"""
MINIMAL = """\
name: {nb: Innlandet, nn: Innlandet, en: Innlandet}
within: {nb: i Innlandet, nn: i Innlandet, en: in Innlandet}
network: {nb: nettverket, nn: nettverket, en: the network}
languages: [nb, nn, en]
counties: [Innlandet]
"""
GARDEN = """\
gardens:
- name: Mjøskanten
  municipality: Gjøvik
  municipalities: [Gjøvik, Hamar]
"""
SERVICE = """\
taxonomy:
- code: web.boats
  group: web
  label: {nb: a, nn: a, en: a}
  about: {nb: a, nn: a, en: a}
  unit: project
  terms: {nb: [båtsider], nn: [båtsider], en: [boat pages]}
"""
SESSION = """\
course_plan:
  sessions:
  - number: 1
    title: {nb: a, nn: a, en: a}
    about: {nb: a, nn: a, en: a}
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "region.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_default_region_passes_its_own_validation() -> None:
    assert read_region(data_path("region.yaml")) == default_region()


@pytest.mark.parametrize("name", ["innlandet", "more-og-romsdal"])
def test_region_file_survives_export_and_import(tmp_path: Path, name: str) -> None:
    region = read_region(REGION_FILES / f"{name}.yaml")
    written = read_region(write(tmp_path, region_yaml(region, region.gardens)))
    people = [(garden.curators, garden.advisers) for garden in written.gardens]
    assert set(people) == {((), ())}
    assert [garden.municipalities for garden in written.gardens] == [g.municipalities for g in region.gardens]
    assert [garden.about for garden in written.gardens] == [garden.about for garden in region.gardens]
    for field in (
        "names",
        "withins",
        "networks",
        "languages",
        "counties",
        "municipalities",
        "taxonomy",
        "sectors",
        "course_plan",
    ):
        assert getattr(written, field) == getattr(region, field), field


def test_numbers_and_times_are_read_as_they_are_written(tmp_path: Path) -> None:
    text = MINIMAL.replace("[Innlandet]\n", "[03]\nmunicipalities: [1103, Kautokeino]\n")
    text += SESSION.replace("sessions", "starts_at: 09:30\n  sessions")
    region = read_region(write(tmp_path, text))
    assert region.municipalities == ("0301", "1103", "5612")
    assert region.course_plan["starts_at"] == "09:30"


@pytest.mark.parametrize(
    ("before", "after", "line", "messages"),
    [
        (
            "counties: [Innlandet]",
            "counties: [Innland]",
            5,
            ["counties[1]", "Unknown county: Innland", "(34)"],
        ),
        (
            "[Gjøvik, Hamar]",
            "[Gjøvik, Hammar]",
            9,
            ["gardens[1].municipalities[2]", "Hammar", "Write a name such as"],
        ),
        (
            "municipality: Gjøvik",
            "municipality: 0502",
            8,
            ["gardens[1].municipality", "Unknown municipality: 0502"],
        ),
        (
            "municipality: Gjøvik",
            "municipality: Våler",
            8,
            ["Several municipalities", "3114 in Østfold", "3419"],
        ),
        ("[Gjøvik, Hamar]", "[Gjøvik, gjøvik]", 9, ["named twice"]),
        ("[Gjøvik, Hamar]", "[]", 9, ["0 items", "Write 1 to"]),
        ("languages: [nb, nn, en]", "languages: [nb, nn]", 4, ["languages", "nb, nn", "all three"]),
        ("languages: [nb, nn, en]", "languages: nb", 4, ["languages", "must be a list", "[one, two]"]),
        ("languages: [nb, nn, en]\n", "", 1, ["The key languages is missing", "Add languages here"]),
        (
            "{nb: i Innlandet, nn: i Innlandet, en: in Innlandet}",
            "{nb: i Innlandet, en: in Innlandet}",
            2,
            ["within", "The key nn is missing"],
        ),
        (
            "{nb: i Innlandet, nn: i Innlandet, en: in Innlandet}",
            "i Innlandet",
            2,
            ["within", "must have keys"],
        ),
        ("network: {nb: nettverket", "network: {nb: [a]", 3, ["network.nb", "must be a text"]),
        ("counties:", "county:", 5, ["county", "unknown", "Did you mean counties?"]),
        ("name: Mjøskanten", "nam: Mjøskanten", 7, ["gardens[1].nam", "Did you mean name?"]),
        ("counties:", "name: x\ncounties:", 5, ["name is written twice"]),
        ("counties: [Innlandet]", "counties: []", 1, ["0 municipalities", "Name counties"]),
        ("name: Mjøskanten", "name: M", 7, ["gardens[1].name", "2 to 120 characters"]),
        (
            "name: Mjøskanten",
            "name: Mjøskanten\n  email: post",
            8,
            ["gardens[1].email", "post is not an e-mail address"],
        ),
        (
            "name: Mjøskanten",
            "name: Mjøskanten\n  website: ja",
            8,
            ["gardens[1].website", "not a web address"],
        ),
        (
            "name: Mjøskanten",
            "name: Mjøskanten\n  advisers: [a@b.example]",
            7,
            ["no curator", "only they approve"],
        ),
        (
            "name: Mjøskanten",
            "name: Mjøskanten\n  curators: [a@b.example, A@b.example]",
            7,
            ["invites a person twice"],
        ),
        (
            "- name: Mjøskanten",
            "- name: Annen\n  municipality: Hamar\n  municipalities: [Hamar]\n- name: Mjøskanten",
            10,
            ["Hamar is covered by Annen and Mjøskanten"],
        ),
        (
            "- name: Mjøskanten",
            "- name: mjøskanten\n  municipality: Ringsaker\n  municipalities: [Ringsaker]\n- name: Mjøskanten",
            10,
            ["named twice"],
        ),
        ("name: Mjøskanten", "name: [", 9, ["not YAML", "Check indentation"]),
        ("name: Mjøskanten", 'name: "a\\0b"', 7, ["invisible characters"]),
        ("number: 1", "number: 7", 12, ["no session 7", "1, 2, 3, 4, 5, 6"]),
        (
            "  sessions:",
            "  ends_at: 25:00\n  sessions:",
            11,
            ["course_plan.ends_at", "25:00 is not a time", "13:00"],
        ),
        ("  sessions:", "  ends_at: '09:00'\n  sessions:", 11, ["begins at 13:00 and ends at 09:00"]),
        ("code: web.boats", "code: web.site", 16, ["web.site is used already"]),
        ("code: web.boats", "code: boats", 16, ["boats does not fit", "web."]),
        ("group: web", "group: wob", 16, ["Unknown group: wob", "ecm"]),
        ("unit: project", "unit: piece", 16, ["Unknown unit: piece", "month"]),
        ("unit: project", "unit: project\n  related: [web.no]", 16, ["Unknown related service: web.no"]),
        ("nb: [båtsider]", "nb: [nettside]", 16, ["“nettside” (nb) belongs to web.site"]),
        ("nn: [båtsider], ", "", 21, ["taxonomy[1].terms", "The key nn is missing"]),
        ("terms: {nb: [båtsider], nn: [båtsider], en: [boat pages]}", "", 16, ["The key terms is missing"]),
        ("code: mountain-farming", "code: Seter drift", 23, ["Seter drift does not fit", "hyphens"]),
        ("code: mountain-farming", "code: tourism", 26, ["tourism is written twice"]),
        ("nb: [seter]", "nb: [hotell]", 23, ["“hotell” (nb) belongs to the sector accommodation"]),
        ("nb: Seterdrift", "nb: Turisme", 26, ["“Turisme” (nb) belongs to the sector mountain-farming"]),
        ("nn: [støl], ", "", 25, ["sectors[1].terms", "The key nn is missing"]),
        ("  terms: {nb: [seter], nn: [støl], en: [summer farm]}\n", "", 23, ["The key terms is missing"]),
        ("nn: Turisme, ", "", 27, ["sectors[2].label", "The key nn is missing"]),
        ("code: tourism", "code: turism", 26, ["The key terms is missing"]),
        (
            "taxonomy:",
            "guide: {questions: {titel: {}}}\ntaxonomy:",
            15,
            ["guide.questions.titel", "no question titel"],
        ),
        (
            "taxonomy:",
            "guide: {questions: {title: {label: {nb: a}}}}\ntaxonomy:",
            15,
            ["guide.questions.title.label", "The key nn is missing"],
        ),
        (
            "taxonomy:",
            "guide: {questions: {services: {weak: {}}}}\ntaxonomy:",
            15,
            ["services has no examples"],
        ),
        (
            "taxonomy:",
            "guide: {topics: {need: {lesson: {title: {nb: ab, nn: ab, en: ab}}}}}\ntaxonomy:",
            15,
            ["guide.topics.need.lesson", "The key text is missing"],
        ),
        (
            "taxonomy:",
            "guide: {topics: {need: {lesson: {title: {nb: ab, nn: ab, en: ab}, text: {nb: [a,b,c,d,e,f,g], nn: [a], en: [a]}}}}}\ntaxonomy:",
            15,
            ["nb has 7 lines", "Write at most 6"],
        ),
    ],
)
def test_fault_is_reported_with_line_key_and_remedy(
    tmp_path: Path, before: str, after: str, line: int, messages: list[str]
) -> None:
    whole = MINIMAL + GARDEN + SESSION + SERVICE + SECTOR
    read_region(write(tmp_path, whole))
    assert before in whole
    path = write(tmp_path, whole.replace(before, after, 1))
    with pytest.raises(RegionFileError) as caught:
        read_region(path)
    assert str(path) in str(caught.value)
    for message in messages:
        assert message in str(caught.value)
    assert line in [problem.line for problem in caught.value.problems], str(caught.value)


def test_all_faults_are_reported_together(tmp_path: Path) -> None:
    text = MINIMAL.replace("[Innlandet]", "[Innland]").replace("[nb, nn, en]", "[nb]") + "gard: 1\n"
    with pytest.raises(RegionFileError, match="3 errors") as caught:
        read_region(write(tmp_path, text))
    assert [problem.line for problem in caught.value.problems] == [4, 5, 6]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "empty"),
        (b"# only a comment\n", "empty"),
        (b"- a\n- b\n", "must have keys"),
        (b"name: \xf8\n", "not in UTF-8"),
        (b"a: \x00\n", "not YAML"),
        (b"a: *missing\n", "refers to another place"),
        (b"&a [*a]\n", "refers to another place"),
        (b"gardens:\n- &g {name: Aa}\n" + b"- *g\n" * 300, "line 3: .g refers to another place"),
        (b"x" * 1_000_001, "too large"),
        (b"? [a, b]\n: c\n", "not a text"),
        (b"[" * 900_000, "nested too deeply"),
        (b"{a: " * 200_000, "nested too deeply"),
    ],
)
def test_damaged_file_is_refused(tmp_path: Path, data: bytes, message: str) -> None:
    path = tmp_path / "region.yaml"
    path.write_bytes(data)
    with pytest.raises(RegionFileError, match=message):
        read_region(path)


def test_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RegionFileError, match="cannot be read: No such file"):
        read_region(tmp_path / "none.yaml")


def test_sector_with_the_code_of_companies_without_a_sector_is_refused(tmp_path: Path) -> None:
    text = MINIMAL + SECTOR.replace("mountain-farming", "unknown")
    with pytest.raises(RegionFileError, match="means that a company has no sector"):
        read_region(write(tmp_path, text))
