"""Where somebody acts from, as far as anybody needs to know."""

import ipaddress
from dataclasses import dataclass
from typing import Self

_IPV4_RANGE, _IPV6_RANGE = 24, 48  # bits: a neighbourhood of a provider, never one home
_DEVICE = 200  # characters of a program's description that are kept


@dataclass(frozen=True, slots=True)
class Origin:
    """A place and a device.

    Attributes:
        address: The whole network address, to count attempts by; never stored.
        network: The range it lies in, such as `203.0.113.0/24`; empty when it is none.
        device: What the asking program says it is.
    """

    address: str = ""
    network: str = ""
    device: str = ""

    @classmethod
    def of(cls, *, address: str, device: str) -> Self:
        """Return where a request with this address and `User-Agent` comes from."""
        printable = "".join(sign for sign in device if sign.isprintable())
        return cls(address=address, network=_range(address), device=printable[:_DEVICE])


HERE = Origin()  # the operator's own machine: the command line, jobs


def _range(address: str) -> str:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is None:
            return str(ipaddress.ip_network((int(parsed), _IPV6_RANGE), strict=False))
        parsed = parsed.ipv4_mapped
    return str(ipaddress.ip_network((int(parsed), _IPV4_RANGE), strict=False))
