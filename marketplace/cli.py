"""The `marketplace` command line: one module in `commands/` per command or group."""

import click

from marketplace.commands.admin import admin
from marketplace.commands.audit import audit
from marketplace.commands.backup import backup, restore
from marketplace.commands.db import database
from marketplace.commands.demo import demo
from marketplace.commands.evaluate import evaluate
from marketplace.commands.evaluate_search import evaluate_search_command
from marketplace.commands.keys import keys
from marketplace.commands.replay import replay
from marketplace.commands.server import assets, check, serve, worker
from marketplace.commands.suppliers import import_group


@click.group()
@click.version_option(package_name="leverandortorget")
def main() -> None:
    """Leverandørtorget: order digital services with competence."""


for command in (
    admin,
    assets,
    audit,
    backup,
    check,
    database,
    demo,
    evaluate,
    evaluate_search_command,
    import_group,
    keys,
    replay,
    restore,
    serve,
    worker,
):
    main.add_command(command)


if __name__ == "__main__":
    main()
