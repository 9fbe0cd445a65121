"""The `marketplace` command line: one module in `commands/` per command or group, imported when it is used."""

import gc
from importlib import import_module
from typing import Any

import click

COMMANDS = {
    "admin": "admin:admin",
    "assets": "server:assets",
    "audit": "audit:audit",
    "backup": "backup:backup",
    "check": "server:check",
    "db": "db:database",
    "demo": "demo:demo",
    "evaluate": "evaluate:evaluate",
    "evaluate-search": "evaluate_search:evaluate_search_command",
    "import": "suppliers:import_group",
    "keys": "keys:keys",
    "region": "region:region",
    "report": "report:report",
    "replay": "replay:replay",
    "restore": "backup:restore",
    "serve": "server:serve",
    "worker": "server:worker",
}
"""Module in `marketplace.commands` and attribute of each command."""


class LazyGroup(click.Group):
    """Imports a command when it is used: `serve` starts without the demo data, the evaluation and their libraries."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        del ctx
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command. Returns None if there is none of that name."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module, _colon, attribute = COMMANDS[cmd_name].partition(":")
        # Imported objects are permanent: collecting garbage among them, now or later, takes a fifth of the time.
        gc.disable()
        try:
            command: click.Command = getattr(import_module(f"marketplace.commands.{module}"), attribute)
            gc.freeze()
        finally:
            gc.enable()
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command. A database that cannot be used ends it with a message instead of a traceback."""
        from sqlalchemy.exc import OperationalError, ProgrammingError  # noqa: PLC0415 because --help does not need it

        try:
            return super().invoke(ctx)
        except (OperationalError, ProgrammingError) as error:
            message = (
                f"The database cannot be used: {error.orig}\n"
                "Check INSTANCE_PATH and DATABASE_URL. If the database is new, run `marketplace db upgrade`."
            )
            raise click.ClickException(message) from error


@click.group(cls=LazyGroup)
@click.version_option(package_name="leverandortorget")
def main() -> None:
    """Leverandørtorget: order digital services with competence."""


if __name__ == "__main__":
    main()
