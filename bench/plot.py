"""A line chart as SVG, written by hand: no library is worth a dependency for one picture."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape

Points = Sequence[tuple[float, float]]
WIDTH, HEIGHT = 720, 400
LEFT, RIGHT, TOP, BOTTOM = 70, 160, 40, 50
COLOURS = ("#1b6ca8", "#d1495b", "#3b7a57", "#8d6a9f", "#edae49")


def line_chart(title: str, across: str, up: str, lines: Mapping[str, Points]) -> str:
    """A line for each name, both scales logarithmic; values under 1 are drawn as 1."""
    points = [point for line in lines.values() for point in line]
    most_x, most_y = (10 ** math.ceil(math.log10(max(10.0, *values))) for values in zip(*points, strict=True))

    def place(x: float, y: float) -> tuple[float, float]:
        share_x, share_y = (math.log10(max(1.0, at)) / math.log10(most) for at, most in ((x, most_x), (y, most_y)))
        return LEFT + share_x * (WIDTH - LEFT - RIGHT), HEIGHT - BOTTOM - share_y * (HEIGHT - TOP - BOTTOM)

    parts = [_text(WIDTH / 2, 22, title, "middle"), _text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 10, across, "middle")]
    parts.append(_text(LEFT, TOP - 10, up, "middle"))
    for power in range(round(math.log10(most_y)) + 1):
        _, y = place(1, 10**power)
        parts += [_stroke([(LEFT, y), (WIDTH - RIGHT, y)], "#dddddd", 1), _text(LEFT - 8, y + 4, f"{10**power}", "end")]
    for value in sorted({x for x, _ in points}):
        parts.append(_text(place(value, 1)[0], HEIGHT - BOTTOM + 18, f"{value:g}", "middle"))
    for colour, (name, line) in zip(COLOURS, lines.items(), strict=False):
        drawn = [place(*point) for point in line]
        parts.append(_stroke(drawn, colour, 2))
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>' for x, y in drawn]
        parts.append(_text(drawn[-1][0] + 8, drawn[-1][1] + 4, name, "start", colour))
    body = "\n".join(parts)
    box = f"0 0 {WIDTH} {HEIGHT}"
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}" font-family="sans-serif" font-size="13">'
    return f'{head}\n<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>\n{body}\n</svg>\n'


def _text(x: float, y: float, text: str, anchor: str, colour: str = "#222222") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}">{escape(text)}</text>'


def _stroke(points: Points, colour: str, width: int) -> str:
    way = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<polyline points="{way}" fill="none" stroke="{colour}" stroke-width="{width}"/>'
