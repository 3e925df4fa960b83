"""The broker that carries runs to workers: whether it can be used at all. Imports neither Dagster nor celery."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ragtime_assets.domain.masking import masked
from ragtime_assets.errors import BrokerUnavailable, ConfigurationError, EngineUnavailable
from ragtime_assets.settings import revealed

if TYPE_CHECKING:
    from kombu.connection import Connection

    from ragtime_assets.settings import Settings

CONNECT_SECONDS = 5
INSTALL = "Install what speaks to it: pip install 'ragtime-assets[celery]'."


def check_broker(settings: Settings) -> str | None:
    """The broker's address without its password, once it answered; None where runs need none.

    Raises EngineUnavailable without its driver, ConfigurationError for an address that makes no sense, and
    BrokerUnavailable when nobody answers there.
    """
    if settings.launcher != "celery":
        return None
    url = revealed(settings.broker_url) or ""
    place = masked(url)
    try:
        import dagster_celery  # noqa: F401
        from kombu.connection import Connection

        connection = Connection(url, connect_timeout=CONNECT_SECONDS)
        _reach(connection, place)
    except ImportError as error:
        raise EngineUnavailable(f"RAGTIME_BROKER_URL={place} cannot be used: {error}", remedy=INSTALL) from error
    except ValueError as error:
        raise ConfigurationError(
            f"RAGTIME_BROKER_URL={place} is no address of a broker: {error}", remedy="Write redis://HOST:PORT/NUMBER."
        ) from error
    return place


def _reach(connection: Connection, place: str) -> None:
    errors = (*connection.connection_errors, *connection.channel_errors, OSError)
    try:
        connection.connect()
    except errors as error:
        raise BrokerUnavailable(f"the broker {place} does not let us in: {error}") from error
    finally:
        connection.release()
