"""Contact details and passwords in the text of a brief: all are found, and each is named."""

import pytest

from marketplace.briefs import coach, guide
from marketplace.briefs.coach.private_details import find_contact_details, find_secrets
from marketplace.core.i18n import use_locale

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("91234567 eller kari@osteriet.example", ["91234567", "kari@osteriet.example"]),
        (
            "Ring 912 34 567, 73 00 00 00 eller +47 91 23 45 67.",
            ["912 34 567", "73 00 00 00", "+47 91 23 45 67"],
        ),
        ("0047 91234567 og +46 70 123 45 67", ["0047 91234567", "+46 70 123 45 67"]),
        ("912-34-567; 9123 4567; tlf.91234568", ["912-34-567", "9123 4567", "91234568"]),
        ("912\u00a034\u00a0567", ["912 34 567"]),
        ("tlf. 40012345/998 87 766, sak 2026/40012345", ["40012345", "998 87 766"]),
        ("kari (at) x.no og per krøllalfa y.no", ["kari (at) x.no", "per krøllalfa y.no"]),
        ("kari [at] firma punktum no", ["kari [at] firma punktum no"]),
        ("Post@Ost.example. Takk, post@ost.co.example", ["Post@Ost.example", "post@ost.co.example"]),
        ("24.12.2026, 20270301, 2026 2027, 2020-2026 og kl. 08.00-16.00", []),
        ("20 000 000 kr, 91234567 kr, 974 760 673 og 25 000 besøk", []),
        ("Se www.x.no/@kari", []),
    ],
)
def test_all_contact_details_are_found(text: str, found: list[str]) -> None:
    assert find_contact_details(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Passord til facebook er Hest123", ["Passord til facebook er Hest123"]),
        (
            "Passord til Facebook er Hest123 og til Instagram er Katt456.",
            ["Passord til Facebook er Hest123", "og til Instagram er Katt456"],
        ),
        (
            "Passordet er Sommer2020. PIN 4711. Passord: hest!",
            ["Passordet er Sommer2020", "PIN 4711", "Passord: hest"],
        ),
        ("Passordet til kassa er hest", ["Passordet til kassa er hest"]),
        ("brukernavn kari / passord Hest123", ["passord Hest123"]),
        ("Innlogging: kari / Hest123", ["Innlogging: kari / Hest123"]),
        ("logg inn med kari / Hest123", ["logg inn med kari / Hest123"]),
        ("Wi-Fi: Gjest, ost12345", ["Wi-Fi: Gjest, ost12345"]),
        ("Brukernavn: kari, Hest123!", ["Brukernavn: kari, Hest123"]),
        ("Bruker: kunder, ansatte", []),
        ("Hest123 er passordet", ["Hest123 er passordet"]),
        ("The password for the shop is Horse", ["password for the shop is Horse"]),
        ("Passordet er «Hest»", ["Passordet er «Hest»"]),
        ("Koden til døra er 4711", ["Koden til døra er 4711"]),
        ("api-nøkkel sk_live_abcdefgh12345", ["api-nøkkel sk_live_abcdefgh12345"]),
        ("Passordet er glemt", []),
        ("Passordene er hos Kari", []),
        ("Vi vil ha passord på sidene. Kode: åpen. Vi trenger kode for sporing.", []),
    ],
)
def test_all_secrets_are_found(text: str, found: list[str]) -> None:
    assert find_secrets(text) == found


@pytest.mark.parametrize("locale", ["nb", "nn", "en"])
def test_coach_names_each_detail_in_all_answers(locale: str) -> None:
    answers = {
        "problem": "Ring 91234567 eller skriv til kari@osteriet.example",
        "deliverables": ["Nettside", "Spør per@osteriet.example", "Passord til facebook er Hest123"],
        "current_state": "Passord: hest",
    }
    with use_locale(locale):
        advice = {one.code: one for one in coach.find_suggestions(guide.load(), answers)}
        for detail in ("91234567", "kari@osteriet.example", "per@osteriet.example"):
            assert detail in advice["contact_data"].reason
        for secret in ("Passord til facebook er Hest123", "Passord: hest"):
            assert secret in advice["password"].reason
    assert (advice["contact_data"].question, advice["password"].question) == ("problem", "current_state")
