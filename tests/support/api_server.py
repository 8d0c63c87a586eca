"""`python -m tests.support.api_server PORT FOLDER [URL]`: the API alone, on a database, for tools that speak HTTP."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import uvicorn

from tests.support.api import api_app
from tests.support.book import TEST_NOW, test_business
from vartalaap.bootstrap import open_office
from vartalaap.config import load_settings
from vartalaap.core.clock import Clock


async def serve(port: int, folder: Path, url: str) -> None:
    """Until the process is ended."""
    settings = load_settings(data_dir=folder, database_url=url, log_level="ERROR")
    async with open_office(settings, Clock(TEST_NOW)) as office:
        await office.businesses.put(test_business())
        app = api_app(office, test_business())
        await uvicorn.Server(uvicorn.Config(app, port=port, log_level="error", lifespan="off")).serve()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2]), "".join(sys.argv[3:])))
