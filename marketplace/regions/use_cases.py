"""Setting up a region from its file: the gardens that do not exist yet, their invitations, and the installed file."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from marketplace.accounts.queries import find_user_by_email
from marketplace.audit.use_cases import record
from marketplace.core.atomic_files import write_atomically
from marketplace.core.database import transaction
from marketplace.core.errors import RuleBroken, TooMany
from marketplace.core.places import municipality_name
from marketplace.core.region import GardenPlan, Region
from marketplace.core.taxonomy import base_taxonomy
from marketplace.core.text import name_key
from marketplace.core.viewer import Viewer
from marketplace.organisations import queries as organisations
from marketplace.organisations.queries import viewer_for
from marketplace.organisations.use_cases import GardenDetails, invite_curator, save_garden
from marketplace.regions.export import region_yaml
from marketplace.regions.reader import region_path


class RegionRefusedError(ValueError):
    """A valid region file that does not fit the data of this installation. The message names the remedy."""


@dataclass(frozen=True, slots=True)
class RegionChanges:
    """Gardens of a region file: an import adds the new ones, and leaves the existing ones as they are."""

    new: tuple[GardenPlan, ...]
    existing: tuple[GardenPlan, ...]

    @property
    def invitations(self) -> int:
        """Number of people that are invited by e-mail."""
        return sum(len(garden.curators) + len(garden.advisers) for garden in self.new)


def find_changes(region: Region, installed: Region | None) -> RegionChanges:
    """Compare a region with the installed one and with the gardens of the database. Raises RegionRefusedError."""
    if removed := _removed(installed.taxonomy if installed else (), region.taxonomy):
        message = (
            f"The file lacks services that the installed region has: {', '.join(removed)}. Suppliers and briefs may "
            "refer to them: copy them from `marketplace region export`, and add `retired: true` to end one."
        )
        raise RegionRefusedError(message)
    known = {sector["code"] for sector in base_taxonomy()["sectors"]}
    if lost := set(_removed(installed.sectors if installed else (), region.sectors)) - known:
        message = (
            f"The file lacks sectors that the installed region has: {', '.join(sorted(lost))}. Companies and "
            "suppliers may refer to them: copy them from `marketplace region export`, and add `retired: true` to end one."
        )
        raise RegionRefusedError(message)
    gardens = organisations.all_gardens()
    names = {name_key(garden.name) for garden in gardens}
    covered = {
        number: garden.name
        for garden in gardens
        if garden.is_active
        for number in garden.covered_municipalities
    }
    new = tuple(garden for garden in region.gardens if name_key(garden.name) not in names)
    for garden in new:
        for number in garden.municipalities:
            if number in covered:
                message = (
                    f"{garden.name} covers {municipality_name(number)} ({number}), which {covered[number]} covers "
                    "already. Remove it from the file, or from that garden's page under Business gardens."
                )
                raise RegionRefusedError(message)
    return RegionChanges(new, tuple(garden for garden in region.gardens if garden not in new))


def _removed(former: Iterable[Mapping[str, Any]], entries: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the codes of former entries that are missing from the new entries."""
    kept = {entry["code"] for entry in entries}
    return [entry["code"] for entry in former if entry["code"] not in kept]


def find_administrator(email: str, locale: str) -> Viewer:
    """Return an administrator who adds the gardens; mail goes out in `locale`. Raises RegionRefusedError."""
    user = find_user_by_email(email)
    if user is None or not user.is_admin:
        message = f"{email} is not an administrator. Create one with `marketplace admin create {email}`."
        raise RegionRefusedError(message)
    return replace(viewer_for(user, None), locale=locale)


def install_region(
    region: Region, changes: RegionChanges, instance_path: Path, administrator: Viewer | None
) -> None:
    """Add the new gardens, invite their people, and write the region file: all of it, or nothing.

    The installed file holds no gardens, which are in the database from now on, and no people. Raises RegionRefusedError.
    """
    path = region_path(instance_path)
    former = path.read_bytes() if path.exists() else None
    try:
        with transaction():
            if administrator:
                _add_gardens(administrator, changes.new)
            record(
                administrator, "region.import", "region", region.names["nb"][:40], gardens=len(changes.new)
            )
            write_atomically(path, region_yaml(region, ()).encode())
    except BaseException as error:
        if former is None:
            path.unlink(missing_ok=True)
        else:
            write_atomically(path, former)
        if isinstance(error, RuleBroken | TooMany):
            raise RegionRefusedError(error.message) from error
        raise


def _add_gardens(administrator: Viewer, gardens: Iterable[GardenPlan]) -> None:
    for plan in gardens:
        details = GardenDetails(
            plan.name,
            plan.municipality,
            list(plan.municipalities),
            email=plan.email,
            phone=plan.phone,
            website=plan.website,
            about=plan.about,
        )
        garden = save_garden(administrator, details)
        for role, addresses in (("curator", plan.curators), ("adviser", plan.advisers)):
            for address in addresses:
                invite_curator(administrator, garden.id, address, role)


def registered_gardens() -> list[GardenPlan]:
    """Return the active gardens of the database in the form of a region file."""
    return [
        GardenPlan(
            garden.name,
            garden.municipality_number,
            tuple(sorted(garden.covered_municipalities)),
            email=garden.email,
            phone=garden.phone,
            website=garden.website,
            about=garden.about,
        )
        for garden in organisations.gardens()
    ]
