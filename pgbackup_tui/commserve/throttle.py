"""How often a CommServe wants to be asked: Retry-After, X-RateLimit headers, and what SaaS allows."""

from __future__ import annotations

import math
import time
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

LONGEST_RETRY_AFTER = 300.0
"""Seconds: a server that asks for more is looked at again all the same."""
SAAS_READS = 1000
"""Requests that read, which SaaS allows a tenant an hour, all its users together
(documentation.commvault.com/saas/rest_api.html)."""
MANY_READS = 100
"""More of them are not made there without a person's word."""
SAAS_INTERVAL = 30.0
"""Seconds between two looks at a SaaS CommServe: 120 an hour, so that several engineers fit."""
_SHARE = 0.12
"""The part of a limit that is for all of a tenant that this program takes for following jobs."""
_HOUR = 3600.0
_LONGEST_INTERVAL = 600.0
_SAAS_DOMAIN = ".metallic.io"
"""Where Commvault's SaaS is: https://<ring>.metallic.io. For any other name a profile says ``saas = true``."""


def retry_after(header: str, now: float | None = None) -> float | None:
    """Seconds that a Retry-After header asks to wait, from 0 to LONGEST_RETRY_AFTER; None where it can't be read.

    It is a number of seconds or an HTTP date (RFC 9110, 10.2.3); ``now`` is UNIX seconds.
    """
    words = header.strip()
    if words.isascii() and words.isdigit():
        return min(LONGEST_RETRY_AFTER, float(words[:9]))
    try:
        moment = parsedate_to_datetime(words).timestamp()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return max(0.0, min(LONGEST_RETRY_AFTER, moment - (time.time() if now is None else now)))


def fair_interval(limit: str, period: str) -> float:
    """Seconds between looks that leave most of an X-RateLimit-Limit to others; 0 where there is none.

    ``period`` is X-RateLimit-Period. That it is in seconds is not documented; what is no number counts as an hour.
    """
    allowed, seconds = _positive(limit), _positive(period) or _HOUR
    return min(_LONGEST_INTERVAL, seconds / allowed / _SHARE) if allowed else 0.0


def cost_words(requests: int) -> str:
    """What so many reads are of a tenant's budget, in words."""
    if requests > SAAS_READS:
        return f"about {requests:,} requests, more than the {SAAS_READS} that the tenant has an hour"
    return f"about {requests} of the {SAAS_READS} requests that the tenant has an hour"


def is_saas(base: str) -> bool:
    """Whether an address is one of Commvault's own SaaS."""
    return (urlsplit(base).hostname or "").lower().endswith(_SAAS_DOMAIN)


def _positive(header: str) -> float:
    try:
        number = float(header)
    except ValueError:
        return 0.0
    return number if math.isfinite(number) and number > 0 else 0.0
