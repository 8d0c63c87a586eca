"""Who may log in to the console."""

from __future__ import annotations

import asyncio
from pathlib import Path

from loguru import logger

from ..config import Settings
from ..development import development_password
from ..security.auth import AdminLogin, hash_password


async def admin_login(settings: Settings) -> tuple[AdminLogin, Path | None]:
    """The configured login; in development without one a generated one, and the file that holds its password."""
    username, password_hash = settings.admin_username, settings.admin_password_hash
    if username or password_hash or settings.environment != "development" or settings.public_url:
        return AdminLogin(username, password_hash.get_secret_value() if password_hash else ""), None
    password, file, just_made = await asyncio.to_thread(development_password, settings.data_dir)
    if just_made:
        logger.warning("a development login for /admin was generated", file=file.absolute())
    return AdminLogin("admin", await asyncio.to_thread(hash_password, password)), file.absolute()


def login_hint(login: AdminLogin, password_file: Path | None) -> str:
    """Who may log in to the console, and where the password lies; never the password."""
    if password_file:
        return f"admin, password in {password_file}"
    if login:
        return "ADMIN_USERNAME, and the password whose hash is ADMIN_PASSWORD_HASH"
    return "none yet: set ADMIN_USERNAME, and ADMIN_PASSWORD_HASH as `vartalaap keys password` prints it"
