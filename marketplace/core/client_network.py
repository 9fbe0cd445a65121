"""The network that a client belongs to. Limits count visitors by it."""

import ipaddress


def network_prefix(address: str) -> str:
    """Return the network that a client's address belongs to: a whole IPv4 address, or the /64 of an IPv6 address.

    One subscriber usually has a whole /64. A server that listens on IPv6 sees IPv4 clients at mapped addresses.
    """
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address):
        mapped = parsed.ipv4_mapped
        return str(mapped) if mapped else str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)
