"""The report on an exam as tables: what the terminal prints and the HTML report shows, plots included."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assistant.answers import Outcome
from assistant.evaluation import Report
from assistant.exam_results import Results
from assistant.triage_measures import Share

_GATE = {
    "auc": "AUC, answerable against not_in_corpus",
    "brier": "Brier score",
    "calibration_error": "expected calibration error",
    "threshold": "threshold in force",
}


@dataclass(frozen=True, slots=True)
class Table:
    """A title, the names of the columns, and the rows."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def summary(report: Report) -> list[Table]:
    """The tables for the terminal: kinds, gate, safety, triage and reasons, the runs side by side."""
    return [by_kind(report), gate(report), safety(report), triage(report), reasons(report)]


def by_kind(report: Report) -> Table:
    """How many passed, with the Wilson interval of 95 %."""
    return _shares("Passed, by kind (95 % Wilson interval)", report, {n: r.figures for n, r in report.runs.items()})


def gate(report: Report) -> Table:
    """How well the gate tells apart, and whether the right passage is chosen."""
    shares = _shares("Gate and choice", report, {n: r.choice for n, r in report.runs.items()})
    numbers = [
        (described, *(f"{r.gate[name]:.4f}" if name in r.gate else "–" for r in report.runs.values()))
        for name, described in _GATE.items()
        if any(name in r.gate for r in report.runs.values())
    ]
    return Table(shares.title, shares.header, (*numbers, *shares.rows))


def safety(report: Report) -> Table:
    """Recall by class, false alarms, and the time that triage takes."""
    shares = _shares("Safety (95 % Wilson interval)", report, {n: r.safety for n, r in report.runs.items()})
    times = [
        (f"triage, {name}", *(f"{r.triage_ms[name]:.1f} ms" for r in report.runs.values())) for name in ("p50", "p99")
    ]
    return Table(shares.title, shares.header, (*shares.rows, *times))


def triage(report: Report) -> Table:
    """Triage on labelled messages that its classifier was never trained on, outside any exam."""
    measured = report.triage
    rows: tuple[tuple[str, ...], ...] = ()
    if measured:
        rows = tuple((name, in_words(share)) for name, share in measured.shares.items() if share.of)
        rows += (("p50", f"{measured.p50:.1f} ms"), ("p99", f"{measured.p99:.1f} ms"))
    return Table("Triage on held-out messages (95 % Wilson interval)", ("", "held out"), rows)


def reasons(report: Report) -> Table:
    """Why replies failed."""
    names = dict.fromkeys(reason for r in report.runs.values() for reason in r.reasons)
    rows = tuple((name, *(str(r.reasons.get(name, 0)) for r in report.runs.values())) for name in names)
    return Table("Why replies failed", ("kind and reason", *report.runs), rows)


def outcomes(results: Results) -> Table:
    """How messages of each kind were met."""
    met = [o.value for o in Outcome]
    rows = tuple((kind, *(str(count.get(o, 0)) for o in met)) for kind, count in results.outcomes.items())
    return Table("How messages of each kind were met", ("kind", *met), rows)


def reliability(results: Results) -> Table:
    """The reliability diagram in numbers."""
    rows = tuple(
        (f"{b.lower:.1f} to {b.upper:.1f}", str(b.count), percent(b.predicted), percent(b.observed))
        for b in results.bins
    )
    return Table("Reliability in numbers", ("probability", "messages", "mean predicted", "answerable"), rows)


def refusal_curve(results: Results) -> Table:
    """The refusal curve in numbers."""
    rows = tuple(
        (f"{p.threshold:.2f}", percent(p.answered), percent(p.false_answers), percent(p.wrong)) for p in results.curve
    )
    header = ("threshold", "answerable answered", "not_in_corpus answered", "wrong among answers")
    return Table("Refusal curve in numbers", header, rows)


def failures(results: Results) -> Table:
    """What failed, why, and what was said."""
    rows = tuple(
        (j.question.id, j.question.kind, j.reason, f"{j.judgement.probability:.2f}" if j.judgement else "–",
         " | ".join(j.question.turns), j.turn.answer)
        for j in results.failures
    )  # fmt: skip
    return Table("Failures", ("id", "kind", "reason", "gate", "messages", "answer"), rows)


def percent(share: float) -> str:
    """One decimal, of the four digits that the JSON has."""
    return f"{100 * round(share, 4):.1f}%"


def in_words(share: Share) -> str:
    """Count, share and interval."""
    return f"{share.count}/{share.of}  {percent(share.share)} ({100 * share.lower:.1f}–{100 * share.upper:.1f})"


def _shares(title: str, report: Report, found: Mapping[str, Mapping[str, Share]]) -> Table:
    names: Sequence[str] = list(dict.fromkeys(name for shares in found.values() for name in shares))
    rows = tuple(
        (name, *(in_words(shares[name]) if name in shares else "–" for shares in found.values())) for name in names
    )
    return Table(title, ("", *report.runs), rows)
