"""Read access to a supplier's own profile."""

from marketplace.suppliers.queries.profiles import own_case, own_supplier
