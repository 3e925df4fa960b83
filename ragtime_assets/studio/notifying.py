"""Which way people are told of failures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ragtime_assets.domain.notices import Command, Mail, Webhook, way_of
from ragtime_assets.settings import Settings

if TYPE_CHECKING:
    from ragtime_assets.ports import Notifier


def notifier_of(settings: Settings) -> Notifier | None:
    """Who tells people; None where nobody is to."""
    if settings.notify is None:
        return None
    match way_of(settings.notify.get_secret_value()):
        case Webhook() as way:
            from ragtime_assets.adapters.notices.webhook import WebhookNotifier

            return WebhookNotifier(way)
        case Mail() as way:
            from ragtime_assets.adapters.notices.mail import MailNotifier

            return MailNotifier(way)
        case Command() as way:
            from ragtime_assets.adapters.notices.command import CommandNotifier

            return CommandNotifier(way)
