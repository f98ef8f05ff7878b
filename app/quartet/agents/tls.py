"""The TLS settings of every request agents send: made once, since reading the certificates takes a while."""

from __future__ import annotations

import ssl
from functools import lru_cache

import httpx

from quartet.agents.threads import in_thread


@lru_cache(maxsize=1)
def _made() -> ssl.SSLContext:
    # certificates that come along, so that a frozen program has them on every system; SSL_CERT_FILE names others
    return httpx.create_ssl_context()


async def tls() -> ssl.SSLContext:
    """The context; read from disk the first time, beside the loop."""
    return await in_thread(_made, "read certificates") if _made.cache_info().currsize == 0 else _made()
