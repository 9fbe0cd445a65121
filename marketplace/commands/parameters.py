"""Types of command line parameters: the text is cleaned and checked as the forms do it."""

from typing import Any

import click

from marketplace.core.email_address import InvalidEmailError, NonAsciiLocalPartError, parse_email
from marketplace.core.text import clean_line, has_control_characters

PERSON_NAME_LENGTH = (2, 120)


class EmailType(click.ParamType[str]):
    """E-mail address, converted to its normal form."""

    name = "email"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the address, or fail with what to write instead."""
        try:
            return parse_email(str(value))
        except NonAsciiLocalPartError:
            self.fail(
                "the part before @ must be written with a-z: many mail servers refuse other letters.",
                param,
                ctx,
            )
        except InvalidEmailError:
            self.fail(
                f"{printable(value)} is not an e-mail address. Write one like name@company.no.", param, ctx
            )


class PersonNameType(click.ParamType[str]):
    """Name of a person, on one line."""

    name = "name"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the cleaned name, or fail with what to write instead."""
        low, high = PERSON_NAME_LENGTH
        if has_control_characters(str(value)):
            self.fail("the name holds a character that cannot be seen. Write it again.", param, ctx)
        name = clean_line(str(value)) or ""
        if not low <= len(name) <= high:
            self.fail(f"write a name of {low} to {high} characters; this has {len(name)}.", param, ctx)
        return name


class PasswordType(click.ParamType[str]):
    """Password that can be typed in a browser too. Its strength is checked where the account is made."""

    name = "password"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the password unchanged, or fail if it is not text."""
        if has_control_characters(str(value)):
            self.fail(
                "the password holds a character that cannot be typed in a form. Choose another.", param, ctx
            )
        return str(value)


EMAIL, PERSON_NAME, PASSWORD = EmailType(), PersonNameType(), PasswordType()


def printable(value: object) -> str:
    """Return a short form of a text that any terminal can show."""
    return ascii(str(value)[:60])
