"""A browser without a screen, as far as the console needs one."""

from __future__ import annotations

import re
from dataclasses import dataclass

import httpx

from tests.support.api import ADMIN, PASSWORD


@dataclass
class Browser:
    """Cookies, and the forms of the last page."""

    http: httpx.AsyncClient
    page: httpx.Response | None = None

    async def open(self, path: str) -> httpx.Response:
        self.page = await self.http.get(path)
        return self.page

    async def send(self, path: str, **fields: str) -> httpx.Response:
        """A form of the last page, with the token in it unless another is given."""
        return await self.http.post(path, data={"token": self.token, **fields})

    @property
    def token(self) -> str:
        assert self.page is not None
        found = re.search(r'name="token" value="([^"]+)"', self.page.text)
        assert found, self.page.text
        return found[1]

    async def log_in(self, password: str = PASSWORD, username: str = ADMIN) -> httpx.Response:
        await self.open("/admin/login")
        return await self.send("/admin/login", username=username, password=password)
