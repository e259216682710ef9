"""Words that stand for what no spec and no output may hold or knows yet: secrets, serial numbers, images.

Each is one word without anything that a shell, CSV, JSON, `sed` or a switch would read otherwise, so filling it in is a
replacement of text: `sed "s/%serial:pod0-leaf1%/ABC1234/"`. None is legal as what it stands for, so one that was
forgotten is refused and never taken for the real thing.
"""

from __future__ import annotations


def secret(user: str) -> str:
    """The hash of a user's password, which the operator's vault fills in."""
    return f"%secret:{user}%"


def serial(host: str) -> str:
    """The serial number of the box that becomes a host, which a technician reads off it."""
    return f"%serial:{host}%"


def mac(host: str) -> str:
    """The address of the management port of the box that becomes a host."""
    return f"%mac:{host}%"


def image(os: str, platform: str) -> str:
    """The file name of an operating system's image for a platform; for all of them, where it is not known."""
    return f"%image:{os}:{platform}%" if platform else f"%image:{os}%"


def guid(host: str) -> str:
    """The GUID of the InfiniBand box that becomes a host, which its label and its own system tell."""
    return f"%guid:{host}%"


def server(role: str) -> str:
    """Host name or address of a server that the design does not know, such as the one that holds the files."""
    return f"%server:{role}%"


def domain(network: str) -> str:
    """The domain of a network's switches, which the design does not name."""
    return f"%domain:{network}%"


def interface(role: str) -> str:
    """An interface of such a server."""
    return f"%interface:{role}%"
