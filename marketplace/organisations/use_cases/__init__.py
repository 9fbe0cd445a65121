"""Use cases for companies, gardens, colleagues and memberships."""

from marketplace.accounts.use_cases import NewPerson
from marketplace.organisations.use_cases.closing import release_organisations
from marketplace.organisations.use_cases.colleagues import (
    accept_invitation,
    change_role,
    invite_colleague,
    remove_colleague,
    withdraw_invitation,
)
from marketplace.organisations.use_cases.companies import (
    CompanyDetails,
    add_company,
    add_registered_company,
    change_company,
    create_own_company,
    mark_company_known,
    register_company,
    register_proven_company,
)
from marketplace.organisations.use_cases.followers import (
    ask_to_follow,
    end_asked_following,
    follow_companies_without_garden,
    follow_company,
    stop_following,
)
from marketplace.organisations.use_cases.gardens import (
    GardenDetails,
    ReviewSettings,
    garden_details,
    invite_curator,
    review_settings,
    save_garden,
    save_review_settings,
    set_garden_active,
)
from marketplace.organisations.use_cases.memberships import add_membership, choose_organisation
