"""The metadata of all tables, for migrations and tests."""

from marketplace.accounts import models as accounts
from marketplace.audit import models as audit
from marketplace.briefs import models as briefs
from marketplace.casework import models as casework
from marketplace.core import form_drafts, request_state
from marketplace.core.database import Base
from marketplace.directory import models as directory
from marketplace.files import models as files
from marketplace.finance import models as finance
from marketplace.mandates import models as mandates
from marketplace.organisations import models as organisations
from marketplace.outbox import models as outbox
from marketplace.programme import models as programme
from marketplace.proposals import models as proposals
from marketplace.reporting import fact_models, models as reporting
from marketplace.sourcing import models as sourcing
from marketplace.strategy import models as strategy
from marketplace.suppliers import models as suppliers
from marketplace.vetting import models as vetting

MODELS = (
    accounts,
    audit,
    briefs,
    directory,
    files,
    mandates,
    organisations,
    outbox,
    programme,
    proposals,
    sourcing,
    strategy,
    suppliers,
    vetting,
    casework,
    finance,
    reporting,
    fact_models,
    form_drafts,
    request_state,
)
METADATA = Base.metadata
