"""Use cases of the programme. Each runs in one transaction, with its audit event and notices, and joins an outer one."""
