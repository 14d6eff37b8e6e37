"""How Reflex builds and serves the portal. What operators decide is in `portal/settings.py`."""

import reflex as rx
from reflex_base.constants import StateManagerMode

from portal.accounts.sessions import CUSTOMER_LIMITS
from portal.settings import get_settings
from portal.web.bundle import Bundle
from portal.web.prerender import Prerender

settings = get_settings()

config = rx.Config(
    app_name="portal",
    api_url=settings.origin,
    deploy_url=settings.origin,
    backend_host=settings.host,
    backend_port=settings.port,
    frontend_port=settings.port,
    # An empty list would switch the check off; the default lets every site open the socket.
    cors_allowed_origins=[settings.origin],
    trusted_proxy_hops=settings.trusted_proxies,
    redis_url=settings.redis_url or None,
    state_manager_mode=StateManagerMode.REDIS if settings.redis_url else StateManagerMode.MEMORY,
    # A tab's state lives as long as its session may be idle: what was typed before lunch is saved.
    redis_token_expiration=int(CUSTOMER_LIMITS.idle.total_seconds()),
    frontend_compression_formats=["brotli", "gzip"],
    telemetry_enabled=False,
    show_built_with_reflex=False,
    plugins=[Bundle(), Prerender()],
    disable_plugins=[rx.plugins.SitemapPlugin],
)
