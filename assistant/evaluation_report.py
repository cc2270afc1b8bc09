"""The report on an exam as one self-contained HTML page: every figure in a table, the plots beside their tables."""

from __future__ import annotations

from html import escape
from pathlib import Path

from assistant import evaluation_plots as plots
from assistant import evaluation_tables as tables
from assistant.evaluation import Report
from assistant.evaluation_tables import Table
from assistant.whole_files import written_whole
from corpus.errors import ExpectedError

_STYLE = """
:root { color-scheme: light }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem;
color: #1b1b1b; background: #fff }
h1 { font-size: 1.4rem } h2 { font-size: 1.15rem; margin-top: 2.5rem; border-top: 1px solid #999; padding-top: 1rem }
h3 { font-size: 1rem } .scroll { overflow-x: auto }
table { border-collapse: collapse; font-size: 13px } caption { text-align: left; font-weight: 600; padding: .4rem 0 }
th, td { text-align: left; vertical-align: top; padding: .25rem .8rem .25rem 0; border-bottom: 1px solid #ddd }
td { white-space: pre-line; font-variant-numeric: tabular-nums }
svg { max-width: 100%; height: auto; display: block; margin: 1rem 0 } svg text { font: 12px system-ui, sans-serif }
.grid { stroke: #ddd } .diagonal { stroke: #555; stroke-dasharray: 4 4 }
@media print { body { margin: 0 } svg, tr { break-inside: avoid } }
"""


def page(report: Report) -> str:
    """The whole page; it loads nothing from anywhere."""
    runs = report.runs
    pieces = [
        f"<h1>Evaluation on {escape(report.exam)}</h1>",
        _about(report),
        _section("Passed, by kind"),
        plots.shares_plot({name: r.figures for name, r in runs.items()}, "Passed, by kind, with 95 % Wilson intervals"),
        _table(tables.by_kind(report)),
        _section("Gate and choice"),
        _table(tables.gate(report)),
        _section("Reliability diagram"),
        plots.reliability_plot(runs),
        *(_table(tables.reliability(r), name) for name, r in runs.items()),
        _section("Refusal curve"),
        plots.refusal_plot(runs),
        *(_table(tables.refusal_curve(r), name) for name, r in runs.items()),
        _section("Safety"),
        plots.shares_plot({name: r.safety for name, r in runs.items()}, "Safety, with 95 % Wilson intervals"),
        _table(tables.safety(report)),
        _table(tables.triage(report)),
        _section("Errors"),
        *(_table(tables.outcomes(r), name) for name, r in runs.items()),
        _table(tables.reasons(report)),
        *(_table(tables.failures(r), name) for name, r in runs.items()),
    ]
    head = f'<meta charset="utf-8"><title>Evaluation on {escape(report.exam)}</title><style>{_STYLE}</style>'
    return f'<!doctype html><html lang="en"><head>{head}</head><body>{"".join(pieces)}</body></html>\n'


def write_report(report: Report, path: Path) -> None:
    """The page to `path`, whole or not at all."""
    try:
        with written_whole(path) as file:
            file.write(page(report).encode())
    except OSError as error:
        raise ExpectedError(f"{path} cannot be written: {error}. What was there before is unchanged.") from error


def _about(report: Report) -> str:
    models = "; ".join(f"{name} {value}" for name, value in report.models.items())
    told = f"{report.questions} conversations about {', '.join(report.documents)}. Corpus {report.corpus}. {models}."
    return f"<p>{escape(told)} Nothing was recorded; the last message of each conversation is judged.</p>"


def _section(title: str) -> str:
    return f"<h2>{escape(title)}</h2>"


def _table(table: Table, of: str = "") -> str:
    caption = f"{table.title}, {of}" if of else table.title
    if not table.rows:
        return f"<p>{escape(caption)}: none.</p>"
    header = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in table.header)
    rows = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in table.rows)
    return f'<div class="scroll"><table><caption>{escape(caption)}</caption><tr>{header}</tr>{rows}</table></div>'
