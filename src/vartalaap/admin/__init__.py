"""The owner's console at `/admin`: thin routes and templates; the repositories and the desk do the work."""

from .console import mount_console

__all__ = ["mount_console"]
