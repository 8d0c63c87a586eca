"""`python -m tests.support.phone_server serve --port N`: the product, with a recogniser and a voice that cost nothing.

What remains is what the server itself does. `MOST_FILES` in the environment is as many as the machine lets it open.
"""

from __future__ import annotations

import os
import resource
import sys

from bench.turns_servers import stubs

from vartalaap.cli.serve import make_server
from vartalaap.config import load_settings

if __name__ == "__main__":
    if most := int(os.environ.get("MOST_FILES", "0")):
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    with stubs():
        make_server(load_settings(port=int(sys.argv[-1]), brain="local")).run()
