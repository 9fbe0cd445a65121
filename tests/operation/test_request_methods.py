"""HEAD, OPTIONS and prefetch: they answer as a page would, change nothing and use up no link."""

import datetime as dt
from collections.abc import Callable

import pytest
from flask import Flask, request
from sqlalchemy import select

from marketplace.accounts.models import OneTimeLink, SignInSession, User
from marketplace.briefs import use_cases as briefs
from marketplace.briefs.models import Brief
from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.identifiers import token_hash
from marketplace.mandates.models import Confirmation, ConfirmationLink, Mandate
from marketplace.organisations.models import ColleagueInvitation, Membership
from marketplace.outbox.unsubscribe_tokens import unsubscribe_path
from marketplace.sourcing.models import OutsideInvitation
from marketplace.sourcing.outside_invitation_tokens import confirmation_path
from tests import factories
from tests.factories.suppliers import supplier as bare_supplier
from tests.project.policy_programme import programme_objects, programme_token
from tests.support.browser import Browser

INSPECTIONS = [
    ("HEAD", {}),
    ("OPTIONS", {}),
    ("GET", {"Sec-Purpose": "prefetch;prerender"}),
    ("GET", {"X-Moz": "prefetch"}),
]


@pytest.mark.parametrize(("method", "headers"), INSPECTIONS)
def test_inspecting_a_guide_topic_keeps_its_answers(app: Flask, method: str, headers: dict[str, str]) -> None:
    owner = factories.member(factories.company(of=factories.garden()))
    brief = briefs.create_draft(owner, own_words="Vi vil selge ost på nett.", services=["ecm.shop"])
    before = dict(brief.answers), brief.revision
    browser = app.test_client().sign_in(owner.user_id)  # type: ignore[attr-defined]  # because it is our browser
    for topic in ("need", "goal", "delivery"):
        path = f"/briefs/{brief.reference}/guide/{topic}"
        answer = browser.open(path, method=method, headers=headers, csrf=False)
        assert answer.status_code == 200
    stored = session.query(Brief).one()
    assert (stored.answers, stored.revision) == before


@pytest.mark.parametrize(("method", "headers"), INSPECTIONS)
def test_inspecting_a_mailed_link_does_not_use_it_up(
    app: Flask, client: Browser, method: str, headers: dict[str, str]
) -> None:
    """Mail scanners open links with every method but POST."""
    person = factories.user(email="kari@link.example")
    expires = clock.now() + dt.timedelta(hours=1)
    for purpose, secret in (("reset", "reset-token"), ("email", "confirm-token")):
        session.add(
            OneTimeLink(
                token_hash=token_hash(secret), user_id=person.id, purpose=purpose,
                email="ny@fjordnett.example", expires_at=expires,
            )
        )  # fmt: skip
    owner = factories.member(factories.company(of=factories.garden()))
    session.add(
        ColleagueInvitation(
            token_hash=token_hash("invite-token"), organisation_id=owner.organisation_id, role="member",
            email="ny@link.example", invited_by_id=owner.user_id, expires_at=expires,
        )
    )  # fmt: skip
    brief = briefs.create_draft(owner)
    session.add(
        OutsideInvitation(
            token_hash=token_hash("outside-token"), brief_id=brief.id, email="byraa@link.example",
            invited_by_id=owner.user_id,
        )
    )  # fmt: skip
    session.commit()
    add_confirmation(brief, owner.user_id or 0)
    members, paths = session.query(Membership).count(), mailed_paths(app)
    for path in paths:
        answer = client.open(path, method=method, headers=headers, csrf=False, follow_redirects=True)
        assert (path, answer.status_code) == (path, 200)
        assert answer.request.path != "/sign-in", path
    session.expire_all()
    assert [link.used_at for link in session.query(OneTimeLink)] == [None, None]
    assert session.get_one(User, person.id).email == "kari@link.example"
    assert session.query(Membership).count() == members
    assert client.post("/confirm/confirm-token", data={"password": factories.PASSWORD}).status_code == 303
    session.expire_all()
    assert session.get_one(User, person.id).email == "ny@fjordnett.example"


def add_confirmation(brief: Brief, owner_id: int) -> None:
    """Add a confirmation of an act on a brief, with a link for its owner."""
    garden_id = brief.company.garden_id
    mandate = Mandate(company_id=brief.company_id, garden_id=garden_id, until=clock.today())
    confirmation = Confirmation(
        mandate=mandate, act="withdraw", reference=brief.reference, revision=1, expires_at=clock.now() + dt.timedelta(days=1)
    )  # fmt: skip
    session.add_all([mandate, confirmation])
    session.flush()
    session.add(
        ConfirmationLink(
            confirmation_id=confirmation.id, user_id=owner_id, token_hash=token_hash("act-token")
        )
    )
    session.commit()


def mailed_paths(app: Flask) -> list[str]:
    """Return the path of each route that is authorized by a token, with a valid token."""
    outside = session.scalars(select(OutsideInvitation.id)).one()
    supplier = bare_supplier("Nyverk", of=factories.garden("Havet næringshage")).id
    objects = programme_objects(factories.garden("Kysten næringshage"), factories.user().id)
    session.commit()
    tokens = {"accounts.confirm": "confirm-token", "accounts.reset": "reset-token", "organisations.accept_invitation": "invite-token", "mandates.confirmation": "act-token",
        "sourcing.received_invitation": "outside-token",
        "sourcing.confirm_invitation": confirmation_path(app.config["SECRET_KEY"], outside, supplier).rsplit("/", 1)[1],
        "accounts.unsubscribe": unsubscribe_path(app.config["SECRET_KEY"], 1, "receipts").rsplit("/", 1)[1]}  # fmt: skip
    rules = [
        rule
        for rule in app.url_map.iter_rules()
        if "token" in rule.arguments and "GET" in (rule.methods or ())
    ]
    tokens |= {r.endpoint: token for r in rules if (token := programme_token(r.rule, objects))}
    assert {rule.endpoint for rule in rules} == set(tokens), "add a token for the new route"
    ids = {"session_id": objects["session_id:programme"], "material_id": objects["material_id"], "number": objects["number:project"], "extension": "json"}  # fmt: skip
    adapter = app.url_map.bind("localhost")
    return [
        str(adapter.build(rule.endpoint, {"token": tokens[rule.endpoint], **{name: ids[name] for name in rule.arguments - {"token"}}}))
        for rule in rules
    ]  # fmt: skip


def test_inspection_does_not_extend_a_session(app: Flask, time_machine: object) -> None:
    owner = factories.member(factories.company(of=factories.garden()))
    browser = app.test_client().sign_in(owner.user_id)  # type: ignore[attr-defined]  # because it is our browser
    began = session.query(SignInSession).one().last_seen_at
    time_machine.move_to(began + dt.timedelta(minutes=5), tick=False)  # type: ignore[attr-defined]  # because the fixture has no types
    for method in ("HEAD", "OPTIONS"):
        assert browser.open("/home", method=method).status_code == 200
        session.expire_all()
        assert session.query(SignInSession).one().last_seen_at == began
    assert browser.get("/home").status_code == 200
    session.expire_all()
    assert session.query(SignInSession).one().last_seen_at > began


def test_views_receive_get_and_post_only(app: Flask, make_app: Callable[..., Flask]) -> None:
    """A view may treat every method but GET as a submitted form."""
    for rule in app.url_map.iter_rules():
        assert (rule.methods or set()) <= {"GET", "HEAD", "OPTIONS", "POST"}, rule
    other, seen = make_app(), []
    other.before_request(lambda: seen.append(request.method))
    for method in ("HEAD", "GET"):
        assert other.test_client().open("/sign-in", method=method).status_code == 200
    assert other.test_client().options("/sign-in").headers["Allow"].split(", ")
    assert other.test_client().delete("/sign-in").status_code == 405
    assert set(seen) - {"DELETE"} == {"GET"}


def test_head_answers_as_get_without_body(client: Browser) -> None:
    for path in ("/", "/sign-in", "/suppliers", "/briefs", "/no-such-page", "/confirm/unknown"):
        got, head = client.get(path), client.head(path)
        assert (head.status_code, head.headers.get("Location"), head.mimetype) == (
            got.status_code,
            got.headers.get("Location"),
            got.mimetype,
        )
        assert head.data == b""


def test_options_lists_methods_and_opens_no_session(client: Browser) -> None:
    answer = client.options("/home")
    assert (answer.status_code, set(answer.allow)) == (200, {"GET", "HEAD", "OPTIONS"})
    assert client.options("/sign-out").status_code == 200
    assert client.options("/no-such-page").status_code == 404
