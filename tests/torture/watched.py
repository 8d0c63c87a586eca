"""`python -m tests.torture.watched serve --port N`: the product, which also tells what its process holds."""

from __future__ import annotations

import asyncio
import gc
import os
import sys
from pathlib import Path

from fastapi import FastAPI

from vartalaap.cli.serve import make_server
from vartalaap.config import load_settings

PATH = "/held"
_OWN = Path("/proc/self")


async def held() -> dict[str, float]:
    """Of this process at this moment, garbage apart: resident megabytes, and numbers of things."""
    gc.collect()
    files = [_target(file) for file in (_OWN / "fd").iterdir()]
    pages = int((_OWN / "statm").read_text().split()[1])
    return {
        "rss_mb": pages * os.sysconf("SC_PAGE_SIZE") / 1e6,
        "tasks": len(asyncio.all_tasks()),
        "sockets": sum(file.startswith("socket:") for file in files),
        "files": sum(not file.startswith("socket:") for file in files),
        "threads": sum(1 for _ in (_OWN / "task").iterdir()),
        "timers": sum(type(one).__name__ == "TimerHandle" for one in gc.get_objects()),
    }


def _target(file: Path) -> str:
    try:
        return str(file.readlink())
    except FileNotFoundError:  # the one through which the folder itself was read
        return ""


def main(port: int) -> None:
    server = make_server(load_settings(port=port))
    app = server.config.app
    assert isinstance(app, FastAPI)
    app.add_api_route(PATH, held)
    server.run()


if __name__ == "__main__":
    main(int(sys.argv[-1]))
