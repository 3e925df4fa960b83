"""How every server is told who asks."""

from ragtime_assets import __version__
from ragtime_assets.settings import Settings


def user_agent(settings: Settings) -> str:
    """Who we are, and whom to write to."""
    return f"ragtime-assets/{__version__} ({settings.contact or 'podcast corpus'})"
