"""The business that lines are read for: the demo's."""

from __future__ import annotations

from pathlib import Path

import yaml

from vartalaap.core.business import Business

EVAL_BUSINESS = Business(
    **yaml.safe_load((Path(__file__).parent.parent / "config" / "himalayan_kitchen.yaml").read_text("utf-8"))
)
