"""Plots of an exam's results as inline SVG: told apart by shape and dash as well as by colour, no library needed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from assistant.exam_results import Results
from assistant.triage_measures import Share

Points = Sequence[tuple[float, float]]
# Okabe and Ito's palette (2008), which people with any colour vision can tell apart; each with a dash and a mark.
_LOOKS = (("#0072B2", "", "circle"), ("#D55E00", "7 4", "square"), ("#009E73", "2 3", "triangle"))
_SIDE, _LEFT, _BOTTOM, _TOP = 320, 56, 44, 14
_LINE, _LABELS, _BAR = 22, 250, 330


def shares_plot(runs: Mapping[str, Mapping[str, Share]], title: str) -> str:
    """A mark with its interval for each named share, one row a name, one look a run."""
    names = list(dict.fromkeys(name for shares in runs.values() for name in shares))
    top, height = 24 * len(runs), _LINE * len(names)
    body = [_text(_LABELS + _BAR * t / 4, top + height + 18, f"{25 * t} %", "middle") for t in range(5)]
    body += [_line(_LABELS + _BAR * t / 4, top, _LABELS + _BAR * t / 4, top + height, "grid") for t in range(5)]
    for row, name in enumerate(names):
        middle = top + _LINE * row + _LINE / 2
        body.append(_text(_LABELS - 10, middle + 4, name, "end"))
        for number, shares in enumerate(runs.values()):
            if name in shares:
                body += _interval(shares[name], middle + 5 * (2 * number - len(runs) + 1) / 2, number)
    body += _legend(list(runs), _LABELS, 14)
    return _svg(title, _LABELS + _BAR + 30, top + height + 28, body)


def reliability_plot(runs: Mapping[str, Results]) -> str:
    """Predicted probability against the share that is answerable; on the diagonal a gate keeps its word."""
    series = {name: [(b.predicted, b.observed) for b in results.bins] for name, results in runs.items()}
    return _square("Reliability diagram", "predicted probability", "share answerable", series, diagonal=True)


def refusal_plot(runs: Mapping[str, Results]) -> str:
    """As the threshold moves: the share of answerable messages answered against the share of answers that are wrong."""
    series = {name: [(p.answered, p.wrong) for p in results.curve if p.answered] for name, results in runs.items()}
    return _square("Refusal curve", "answerable messages answered", "wrong among the answers", series)


def _square(title: str, across: str, up: str, series: Mapping[str, Points], diagonal: bool = False) -> str:
    top = _TOP + 20 * len(series)
    body = []
    for step in range(5):
        x, y = _LEFT + _SIDE * step / 4, top + _SIDE * (1 - step / 4)
        body += [_line(x, top, x, top + _SIDE, "grid"), _line(_LEFT, y, _LEFT + _SIDE, y, "grid")]
        body += [
            _text(x, top + _SIDE + 16, f"{25 * step} %", "middle"),
            _text(_LEFT - 6, y + 4, f"{25 * step} %", "end"),
        ]
    if diagonal:
        body.append(_line(_LEFT, top + _SIDE, _LEFT + _SIDE, top, "diagonal"))
    for number, points in enumerate(series.values()):
        placed = [(_LEFT + _SIDE * x, top + _SIDE * (1 - y)) for x, y in points]
        body.append(_path(placed, number))
        body += [_mark(x, y, number) for x, y in placed]
    body.append(_text(_LEFT + _SIDE / 2, top + _SIDE + 36, across, "middle"))
    body.append(f'<g transform="translate(12 {top + _SIDE / 2:g}) rotate(-90)">{_text(0, 0, up, "middle")}</g>')
    body += _legend(list(series), _LEFT, 12)
    return _svg(title, _LEFT + _SIDE + 30, top + _SIDE + _BOTTOM, body)


def _interval(share: Share, y: float, number: int) -> list[str]:
    colour = _LOOKS[number % len(_LOOKS)][0]
    lower, upper = (_LABELS + _BAR * bound for bound in (share.lower, share.upper))
    line = f'<line x1="{lower:.1f}" y1="{y:.1f}" x2="{upper:.1f}" y2="{y:.1f}" stroke="{colour}" stroke-width="2"/>'
    return [line, _mark(_LABELS + _BAR * share.share, y, number)]


def _mark(x: float, y: float, number: int) -> str:
    colour, _, shape = _LOOKS[number % len(_LOOKS)]
    if shape == "circle":
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{colour}"/>'
    if shape == "square":
        return f'<rect x="{x - 3.5:.1f}" y="{y - 3.5:.1f}" width="7" height="7" fill="{colour}"/>'
    return f'<path d="M{x:.1f} {y - 5:.1f}l5 9h-10z" fill="{colour}"/>'


def _path(points: Points, number: int) -> str:
    colour, dash, _ = _LOOKS[number % len(_LOOKS)]
    told = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<polyline points="{told}" fill="none" stroke="{colour}" stroke-width="2" stroke-dasharray="{dash}"/>'


def _legend(names: Sequence[str], x: float, y: float) -> list[str]:
    rows = [(y + 20 * number, number, name) for number, name in enumerate(names)]
    return [part for at, n, name in rows for part in (_path([(x, at), (x + 40, at)], n), _mark(x + 20, at, n),
                                                      _text(x + 50, at + 4, name, "start"))]  # fmt: skip


def _line(x1: float, y1: float, x2: float, y2: float, look: str) -> str:
    return f'<line x1="{x1:g}" y1="{y1:g}" x2="{x2:g}" y2="{y2:g}" class="{look}"/>'


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}">{escape(text)}</text>'


def _svg(title: str, width: float, height: float, body: Sequence[str]) -> str:
    head = f'<svg role="img" aria-label="{escape(title)}" viewBox="0 0 {width:g} {height:g}" width="{width:g}">'
    return f"{head}<title>{escape(title)}</title>{''.join(body)}</svg>"
