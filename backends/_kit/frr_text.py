"""What FRRouting's own syntax needs, on Linux and inside SONiC."""

from __future__ import annotations

from .device_model import PrefixMatch


def match(rule: PrefixMatch) -> str:
    """The prefix of a prefix-list entry; FRR refuses a `ge` that is not above the prefix's own length."""
    text = rule.prefix
    if rule.low > rule.length:
        text += f" ge {rule.low}"
    if rule.high < 32 and (rule.high > rule.length or rule.low > rule.length):
        text += f" le {rule.high}"
    return text
