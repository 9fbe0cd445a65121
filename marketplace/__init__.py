"""Leverandørtorget: a marketplace for ordering digital services, as a Flask application.

    request → views → forms → use_cases → queries / models ─┐
                                 │   └ rules (pure)           ├→ template
                                 └ sourcing → matching ───────┘

Packages by feature, lowest layer first; the import contracts in pyproject.toml enforce the order.

core            database session, clock, errors, i18n, money, municipalities, taxonomy, hooks, cache
data            versioned data files
matching        the ranking library: text in, explained ranking out; independent of Flask and the database
text_search     spelling correction, and search in lists of names
web             shared by all views: access control, forms, filters, error pages, security headers
files           uploaded images and documents: checks and storage
outbox, audit   queued e-mail and messages; append-only audit log
accounts        users, sign-in, two-step sign-in, sessions
organisations   companies, business gardens, memberships
mandates        business gardens that write for a company, and the owner's confirmation
suppliers       supplier profiles, case studies, import
vetting         applications, approval per kind of service, refusals, appeals, transfers
directory       public search for suppliers, and coverage map
briefs          procurement guide, coach, lifecycle, deadlines, versions, clarification questions
strategy        self-assessment, digital strategy, objectives with measurements, actions
sourcing        ranking runs, index cache, what-if, invitations
proposals       sealed offers, comparison, award, delivery, outcome
programme       projects with cohorts of companies, recruitment, course sessions, attendance
casework        a garden's notes, tasks and time spent on companies
finance         hours, funding, costs, fees and state aid of a project
reporting       reports to funders: figures, issued versions, links
privacy         export, erasure and retention of personal data
pages           front page, home pages, "How we rank", privacy, accessibility
regions         region files: validation, set-up of a region, export
operation       health checks, metrics, logs
database        migrations, metadata, triggers
backup          backup and restore
demo            fictional demo data in Norwegian
commands        command-line commands
server          gunicorn configuration
"""
