"""Process-wide cache of the directory, validated by one cheap query per request.

Rendered search pages are cached per catalogue in `views/search.py`, so they are valid equally long.
"""

from collections import defaultdict
from threading import Lock
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, Select, String, func, select, type_coerce

from marketplace.core import clock
from marketplace.core.database import db, prepared, session
from marketplace.core.pagination import Page, page_of
from marketplace.directory.entries import Approval, Logo, SupplierEntry
from marketplace.directory.models import DirectoryRevision
from marketplace.directory.search.query_analysis import searchable
from marketplace.directory.search.search import BEST_FIRST, Catalogue, ResultOrder, SearchQuery, SearchResult
from marketplace.files.models import StoredFile
from marketplace.organisations.models import Organisation
from marketplace.suppliers.models import (
    CaseStudy,
    Supplier,
    SupplierArea,
    SupplierLanguage,
    SupplierSector,
    SupplierService,
)
from marketplace.vetting.models import Vetting
from marketplace.vetting.queries.statuses import approved_services, is_listed

PAGE_SIZE = 20
_CHUNK = 500
_cache: "WeakKeyDictionary[Engine, tuple[str, Catalogue]]" = WeakKeyDictionary()
_lock = Lock()


REVISION = prepared(select(func.sum(DirectoryRevision.number)).scalar_subquery())


def directory_fingerprint() -> str:
    """Fingerprint that changes whenever a supplier, vetting or organisation changes, and at midnight.

    Approvals expire at midnight. The time that reading it takes does not depend on the number of suppliers.
    """
    return fingerprint_of(session.scalar(select(REVISION)))


def fingerprint_of(revision: int | None) -> str:
    """Return the fingerprint of a revision, for statements that read `REVISION` along with other values."""
    return f"{clock.today().isoformat()}/{revision}"


def catalogue() -> Catalogue:
    """All listed suppliers: approved for at least one kind of service, active and not paused.

    Built once per fingerprint and shared by all requests of the process. After a change only the changed suppliers
    are read again.
    """
    fingerprint, engine = directory_fingerprint(), db.engine
    cached = _cache.get(engine)
    if cached and cached[0] == fingerprint:
        return cached[1]
    with _lock:
        cached = _cache.get(engine)
        if cached and cached[0] == fingerprint:
            return cached[1]
        rebuilt = _refresh(cached[1].by_id if cached else {})
        _cache[engine] = (fingerprint, rebuilt)
        return rebuilt


def _refresh(former: dict[int, SupplierEntry]) -> Catalogue:
    fingerprints: dict[int, list[object]] = {}
    gardens = select(Organisation.id, Organisation.name).where(Organisation.kind == "garden")
    names: dict[int, str] = dict(session.execute(gardens).all())
    # Raw database values: they are only compared.
    query = (
        select(
            Supplier.id,
            Supplier.version,
            type_coerce(Supplier.updated_at, String),
            Vetting.category,
            Vetting.garden_id,
            type_coerce(Vetting.approved_at, String),
            # Includes the day of the decision, because a review of a changed profile changes its score.
            type_coerce(Vetting.decided_at, String),
        )
        .join(Vetting, Vetting.supplier_id == Supplier.id)
        .where(Supplier.is_active, Supplier.paused_at.is_(None), is_listed(clock.now()))
        .order_by(Supplier.id, Vetting.category)
    )
    for id_, version, updated_at, category, garden_id, approved_at, decided_at in session.execute(query):
        fingerprint = (version, updated_at, category, names.get(garden_id), approved_at, decided_at)
        fingerprints.setdefault(id_, []).extend(fingerprint)
    stale = [
        id_
        for id_, fingerprint in fingerprints.items()
        if id_ not in former or former[id_].fingerprint != tuple(fingerprint)
    ]
    fresh = _load_entries(
        stale, {id_: tuple(fingerprint) for id_, fingerprint in fingerprints.items()}, names
    )
    entries = [fresh.get(id_) or former[id_] for id_ in sorted(fingerprints)]
    return Catalogue([entry for entry in entries if entry.services])


def _load_entries(
    ids: list[int], fingerprints: dict[int, tuple[object, ...]], gardens: dict[int, str]
) -> dict[int, SupplierEntry]:
    found: dict[int, SupplierEntry] = {}
    for start in range(0, len(ids), _CHUNK):
        part = ids[start : start + _CHUNK]
        services = _codes(
            select(SupplierService.supplier_id, SupplierService.code).where(
                SupplierService.supplier_id.in_(part)
            )
        )
        sectors = _codes(
            select(SupplierSector.supplier_id, SupplierSector.code).where(
                SupplierSector.supplier_id.in_(part)
            )
        )
        areas = _codes(
            select(SupplierArea.supplier_id, SupplierArea.municipality_number).where(
                SupplierArea.supplier_id.in_(part)
            )
        )
        languages = _codes(
            select(SupplierLanguage.supplier_id, SupplierLanguage.code).where(
                SupplierLanguage.supplier_id.in_(part)
            )
        )
        approvals: dict[int, list[Approval]] = defaultdict(list)
        approved = select(Vetting.supplier_id, Vetting.category, Vetting.garden_id, Vetting.approved_at)
        approved = approved.where(Vetting.supplier_id.in_(part), is_listed(clock.now()))
        for id_, category, garden_id, day in session.execute(approved.order_by(Vetting.category)):
            if day is not None:
                approvals[id_].append(Approval(category, gardens.get(garden_id, ""), day))
        cases: dict[int, list[str]] = defaultdict(list)
        case_texts = select(
            CaseStudy.supplier_id, CaseStudy.title, CaseStudy.client, CaseStudy.text, CaseStudy.result
        )
        for id_, *texts in session.execute(case_texts.where(CaseStudy.supplier_id.in_(part))):
            cases[id_] += texts
        logos = {
            id_: Logo(file_id, width, height)
            for id_, file_id, width, height in session.execute(
                select(StoredFile.supplier_id, StoredFile.id, StoredFile.width, StoredFile.height).where(
                    StoredFile.supplier_id.in_(part)
                )
            )
        }
        rows = select(
            Supplier.id, Supplier.slug, Supplier.name, Supplier.about, Supplier.text_locale, Supplier.municipality_number,
            Supplier.price_from_nok, Supplier.remote, Supplier.on_site,
        ).where(Supplier.id.in_(part))  # fmt: skip
        for id_, slug, name, about, locale, municipality, price, remote, on_site in session.execute(rows):
            kinds = {approval.category for approval in approvals[id_]}
            found[id_] = SupplierEntry(
                id=id_,
                fingerprint=fingerprints[id_],
                slug=slug,
                name=name,
                about=about,
                locale=locale,
                municipality=municipality,
                services=approved_services(services[id_], kinds),
                sectors=tuple(sectors[id_]),
                area=tuple(areas[id_]),
                languages=tuple(languages[id_]),
                price_from=price,
                remote=remote,
                on_site=on_site,
                approvals=tuple(approvals[id_]),
                logo=logos.get(id_),
                words=f" {searchable(' '.join((about, *cases[id_])))} ",
            )
    return found


def _codes(query: Select[int, str]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    for id_, code in session.execute(query.order_by(*query.selected_columns)):
        found[id_].append(code)
    return found


def search(
    query: SearchQuery, number: int = 1, order: ResultOrder = BEST_FIRST
) -> tuple[Page[SupplierEntry], SearchResult]:
    """Find a page of suppliers, with counts for each facet."""
    result = catalogue().find(query, clock.today(), order)
    return page_of(result.entries, number, PAGE_SIZE), result


def find_relaxations(query: SearchQuery) -> list[tuple[str, int]]:
    """List the filters whose removal gives results, with the number of results."""
    return catalogue().find_relaxations(query, clock.today())
