"""Leverandørtorget: the house and its rooms.

    request → views → forms → use_cases → queries / models ─┐
                                 │   └ rules (pure)           ├→ template
                                 └ sourcing.corpus → matching ┘

core            database, clock, errors, language, money, places, taxonomy: knows no feature
data            our own data files, versioned
web             what all views share: access, forms, filters, error pages, security
outbox, audit   notices waiting to be sent; who did what, on behalf of whom
accounts        people: sign-in, profile
organisations   companies, business gardens, memberships
suppliers       directory, profile, cases, vetting per kind of service
briefs          procurement guide, coach, lifecycle, versions, clarification questions
sourcing        where tables meet vectors: corpus, kept ranking runs, what-if, invitations
proposals       sealed answers, comparison, award, outcome
pages           front page, each role's home, how we rank, privacy, accessibility
matching        the library: text in, explained ranking out; knows neither Flask nor tables
demo            demo data: fictional, in real Norwegian
"""
