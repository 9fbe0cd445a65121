"""The forms with a file field in the demo data, and bodies to send to them."""

import io
from collections.abc import Iterator
from dataclasses import dataclass

from PIL import Image
from sqlalchemy import select

from marketplace.briefs.models import Brief
from marketplace.core import clock
from marketplace.core.database import session
from marketplace.demo import people
from marketplace.organisations.models import Company
from marketplace.programme.models.sessions import CourseSession
from marketplace.proposals.models.offers import Proposal
from marketplace.suppliers.models import CaseStudy, Supplier
from tests.support.crawl import Field, Form, forms_on
from tests.support.page_rules import HtmlPage

WORDS = "Ærfugl på loftet"
_BOUNDARY = "-----upload"
CONTENT_TYPE = f"multipart/form-data; boundary={_BOUNDARY}"
_PROJECT = "/programme/digital-synlighet-trondelag"


@dataclass(frozen=True, slots=True)
class UploadPage:
    """A page with an upload form: the endpoint that receives it, the role that may use it, and the path of the page."""

    endpoint: str
    role: str
    path: str

    def form_on(self, html: str) -> Form:
        """Return the form with the file field on the page. Fails if there is none."""
        forms = forms_on(HtmlPage(html), self.path)
        return next(form for form in forms if any(one.kind == "file" for one in form.fields))


def texts_in(form: Form) -> list[str]:
    """Return the contents of the text fields that `body` fills in."""
    return [value.strip() for one in form.fields if _is_filled_in(one) for value in one.values]


def body(form: Form, size: int) -> bytes:
    """Return the form with texts and a file of a size, as a browser sends it."""
    parts: list[bytes] = []
    for name, value in _values(form):
        parts.append(_part(f'name="{name}"', value.encode()))
    upload = next(one.name for one in form.fields if one.kind == "file")
    parts.append(_part(f'name="{upload}"; filename="picture.png"', _picture(size)))
    return b"".join((*parts, f"--{_BOUNDARY}--\r\n".encode()))


def _values(form: Form) -> Iterator[tuple[str, str]]:
    for one in form.fields:
        chosen = one.offered[-1:] if one.kind in {"radio", "select"} else one.values
        for value in (WORDS,) if _is_filled_in(one) else chosen:
            if one.kind != "file":
                yield one.name, value


def _is_filled_in(field: Field) -> bool:
    """Return True for a text field. A web address beside a file is refused, so it stays empty."""
    return field.is_text and field.name != "url"


def _part(disposition: str, content: bytes) -> bytes:
    head = f"--{_BOUNDARY}\r\nContent-Disposition: form-data; {disposition}\r\n\r\n".encode()
    return b"".join((head, content, b"\r\n"))


def _picture(size: int) -> bytes:
    """Return an image that is accepted unless it is too large: what follows its end is ignored."""
    target = io.BytesIO()
    Image.new("RGB", (8, 8)).save(target, "PNG")
    return target.getvalue().ljust(size, b"\0")


def upload_pages() -> list[UploadPage]:
    """Return a page for each endpoint that accepts files."""
    drafts = select(Brief.reference).join(Company).where(Company.name == people.COMPANY["organisation"])
    draft = session.scalars(drafts.where(Brief.state == "draft").order_by(Brief.id)).first()
    is_own = Supplier.name == people.SUPPLIER["organisation"]
    offers = select(Brief.reference).join(Proposal).join(Supplier).where(is_own, Brief.deadline > clock.now())
    offer = session.scalars(offers.order_by(Brief.deadline.desc())).first()
    cases = select(CaseStudy.id).join(Supplier).where(is_own)
    case = session.scalars(cases.order_by(CaseStudy.id)).first()
    course = session.scalars(select(CourseSession.id).order_by(CourseSession.id)).first()
    return [
        UploadPage("briefs.files", "company", f"/briefs/{draft}/files"),
        UploadPage("proposals.edit", "supplier", f"/briefs/{offer}/proposal"),
        UploadPage("suppliers.logo", "supplier", "/profile/logo"),
        UploadPage("suppliers.case_image_new", "supplier", f"/profile/cases/{case}"),
        UploadPage("vetting.import_suppliers", "curator", "/vetting/import"),
        UploadPage("programme.import_participations", "curator", f"{_PROJECT}/companies/import"),
        UploadPage("programme.material", "curator", f"{_PROJECT}/sessions/{course}/material"),
        UploadPage("vetting.admin_import_suppliers", "administrator", "/admin/import"),
    ]
