"""A real SMTP server for tests, which stores the messages it receives."""

import socket
from collections.abc import Callable, Iterator

import pytest
from aiosmtpd.controller import Controller


class Sink:
    """A mail server that stores messages and rejects one address."""

    def __init__(self) -> None:
        self.messages: list[bytes] = []
        self.callbacks: list[Callable[[], None]] = []

    async def handle_RCPT(
        self, _server: object, _session: object, envelope: object, address: str, _options: object
    ) -> str:
        if address.startswith("refused"):
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)  # type: ignore[attr-defined]  # because aiosmtpd gives an envelope
        return "250 OK"

    async def handle_DATA(self, _server: object, _session: object, envelope: object) -> str:
        for callback in self.callbacks:
            callback()
        self.messages.append(envelope.content)  # type: ignore[attr-defined]  # because aiosmtpd gives an envelope
        return "250 OK"


@pytest.fixture
def sink() -> Iterator[tuple[Sink, int]]:
    handler = Sink()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    yield handler, port
    controller.stop()
