"""The generated campaigns of the rules, as the unit tests run them, at length."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any, cast

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.stateful import run_state_machine_as_test
from hypothesis.strategies import SearchStrategy

from tests.unit.core.booking import test_edits_against_reference as edits
from tests.unit.core.booking import test_rules_against_reference as rules
from tests.unit.core.booking.brute_force import EVENINGS, House, Step, live_through
from tests.unit.core.booking.test_never_oversold import Evening


def _settings(examples: int, **more: Any) -> settings:
    return settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=[HealthCheck.too_slow],
        **more,
    )


def _generate(test: Callable[..., None], strategies: dict[str, SearchStrategy[Any]], examples: int, number: int) -> int:
    inner = cast(Any, test).hypothesis.inner_test
    ran = 0

    def counted(**situation: Any) -> None:
        nonlocal ran
        ran += 1
        inner(**situation)

    seed(number)(_settings(examples)(given(**strategies)(counted)))()
    return ran


def situations(number: int) -> str:
    """Twenty thousand: eight requests of each of 2,500 businesses."""
    ran = _generate(rules.test_the_engine_and_the_reference_never_differ, rules.SITUATIONS, 2500, number)
    return f"{ran * rules.REQUESTS} situations, all as the reference"


def rooms(number: int) -> str:
    """Thirty thousand evenings in houses of one to five tables."""
    seen: Counter[str] = Counter()

    def live(house: House, steps: list[Step]) -> None:
        seen.update(live_through(house, steps))
        seen["evenings"] += 1

    seed(number)(_settings(30_000)(given(**EVENINGS)(live)))()
    return (
        ", ".join(f"{seen[what]} {what}" for what in ("evenings", "booked", "refused", "searched for")) + "; none wrong"
    )


def edits_in_between(number: int) -> str:
    ran = _generate(edits.test_after_each_change_desk_and_reference_agree, edits.EVERYDAY, 500, number)
    return f"{ran} sequences of 20 to 40 bookings, moves, cancellations and changes of the rules, all as the reference"


def evenings(number: int) -> str:
    examples, steps = 500, 50
    machine = seed(number)(Evening)
    run_state_machine_as_test(machine, settings=_settings(examples, stateful_step_count=steps))
    return f"{examples} evenings of up to {steps} steps, none oversold"
