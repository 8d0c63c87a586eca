"""Looking for a seating from one that nearly is: who has no seat takes one, and who had it looks for another."""

from __future__ import annotations

from random import Random

from .bounds import Domain
from .evening import Evening, Seats

_WORTH = 0.35
"""How much dearer each eviction makes a party."""
_NOISE = 0.4
_TABU = 8
"""Steps during which a party that was moved is rather left in peace."""
_TABU_COST = 3.0


def walk(evening: Evening, domains: list[Domain], seats: Seats, homeless: list[int], steps: int, seed: int) -> bool:
    """Seat the homeless too, moving others if need be; true if all sit. `seats` is changed in place.

    Heavier parties, those that were evicted often, are seated first.
    """
    room, masks, random = evening.room, evening.masks, Random(seed)  # noqa: S311 - to try, not to hide
    sitting: list[set[int]] = [set() for _ in room.tables]
    for number, unit in seats.items():
        for table in room.units[unit].tables:
            sitting[table].add(number)
    weight = [1.0] * len(evening.parties)
    moved = [-_TABU] * len(evening.parties)
    waiting = list(homeless)
    for step in range(steps):
        if not waiting:
            return True
        heaviest = max(waiting, key=lambda one: weight[one])
        number = random.choice(waiting) if random.random() < 0.3 else heaviest
        best: tuple[float, int, set[int]] | None = None
        for unit in domains[number]:
            mask = masks[number]
            out = {other for table in room.units[unit].tables for other in sitting[table] if masks[other] & mask}
            cost = sum(weight[other] + (_TABU_COST if step - moved[other] < _TABU else 0) for other in out)
            cost += random.random() * _NOISE if out else 0
            if best is None or cost < best[0]:
                best = cost, unit, out
            if not out:
                break
        if best is None:
            return False
        _, unit, out = best
        for other in out:
            for table in room.units[seats.pop(other)].tables:
                sitting[table].discard(other)
            weight[other] += _WORTH
        waiting.remove(number)
        waiting.extend(sorted(out))
        seats[number], moved[number] = unit, step
        for table in room.units[unit].tables:
            sitting[table].add(number)
    return not waiting
