"""Writes one recorded answer, or a conversation, as a self-contained HTML page to print or to file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from html import escape
from pathlib import Path

from assistant.answers import Citation, Turn
from assistant.audit import AuditLog
from assistant.audit_chain import stamp
from assistant.record import Record, Selection, State
from assistant.record_queries import question_shown
from assistant.versions import Library
from assistant.whole_files import written_whole
from corpus.errors import RecordError

AROUND = 300
_STYLE = """
:root { color-scheme: light dark }
body { font: 16px/1.55 Georgia, serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.4rem } h2 { font-size: 1.15rem; margin-top: 2.5rem; border-top: 1px solid #8888; padding-top: 1rem }
h3 { font-size: 1rem; margin-bottom: .3rem } .small, dl, th, td { font: 13px/1.5 system-ui, sans-serif }
.answer { white-space: pre-wrap } blockquote { margin: .3rem 0 1rem; padding: .2rem 1rem; border-left: 3px solid #8888;
white-space: pre-wrap } mark { background: #ffe08a; color: #000 }
.warn { border: 2px solid #b45309; padding: .4rem .8rem }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem } dd { margin: 0; overflow-wrap: anywhere }
table { border-collapse: collapse } th { font-weight: 600 } code { white-space: nowrap }
th, td { text-align: left; vertical-align: top; padding: .15rem .8rem .15rem 0 }
@media print { :root { color-scheme: light } body { margin: 0; max-width: none } h2, h3 { break-after: avoid }
blockquote, tr, li { break-inside: avoid } mark { print-color-adjust: exact } }
"""


def answer_page(log: AuditLog, record: Record, library: Library) -> str:
    """One recorded answer with its quotes, versions, record hash and review state."""
    return _page(f"Record {record.hash[:12]}", [_section(log, record, library)], log)


def conversation_page(log: AuditLog, conversation: str, library: Library) -> str:
    """All recorded answers of a conversation, in order."""
    records = log.records(Selection(conversation=conversation))
    if not records:
        raise RecordError(f"No answer of a conversation called {conversation!r} is recorded.")
    return _page(f"Conversation {conversation}", [_section(log, record, library) for record in records], log)


def write_page(page: str, path: Path) -> None:
    """Write the page, whole or not at all."""
    try:
        with written_whole(path) as file:
            file.write(page.encode())
    except OSError as error:
        raise RecordError(f"{path} cannot be written: {error}. What was there before is unchanged.") from error


def marked(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """The text as HTML, escaped, with the spans highlighted."""
    pieces, reached = [], 0
    for start, end in sorted(spans):
        if reached <= start < end <= len(text):
            pieces += [escape(text[reached:start]), "<mark>", escape(text[start:end]), "</mark>"]
            reached = end
    return "".join([*pieces, escape(text[reached:])])


def excerpt(text: str, start: int, end: int, around: int = AROUND) -> str:
    """What stands around a quote, cut between words, as HTML with the quote highlighted."""
    first, last = max(0, start - around), min(len(text), end + around)
    while 0 < first < start and not text[first - 1].isspace():
        first += 1
    while end < last < len(text) and not text[last].isspace():
        last -= 1
    shown = marked(text[first:last].rstrip(), [(start - first, end - first)])
    return f"{'… ' if first else ''}{shown.lstrip()}{' …' if last < len(text) else ''}"


def place(citation: Citation) -> str:
    """Document and heading path, the document's own title not said twice."""
    return " › ".join([citation.document, *(part for part in citation.section if part != citation.document)])


def _page(title: str, sections: Sequence[str], log: AuditLog) -> str:
    head, exported = log.anchor(), stamp(datetime.now(UTC))
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{escape(title)}</title><style>{_STYLE}</style></head><body>
<h1>Sourcebound: {escape(title)}</h1>
<p class="small">Written {exported} by an automated reference tool that quotes its documents; not advice.
Head of the audit record, anchored as this was written: {escape(head)}. <code>sourcebound audit verify --head</code>
checks it later. The JSON Lines export, which can be verified, is the authority.</p>
{"".join(sections)}
</body></html>
"""


def _section(log: AuditLog, record: Record, library: Library) -> str:
    turn = log.turn_of(record)
    if turn is None:
        body = "<p>The words of this record were erased or never kept; its row in the chain remains.</p>"
    else:
        body = _words(turn, library)
    return f"<h2>{escape(record.time)}: {escape(record.outcome)}</h2>{body}{_review(log, record)}{_facts(record)}"


def _words(turn: Turn, library: Library) -> str:
    parts = [f"<h3>Question</h3><p class='answer'>{escape(question_shown(turn))}</p>"]
    if turn.search_question != turn.question:
        parts.append(f"<p class='small'>Searched as: {escape(turn.search_question)}</p>")
    parts.append(f"<h3>Answer</h3><p class='answer'>{escape(turn.answer)}</p>")
    parts += [f"<p class='small'>{escape(n.kind)}: {escape(n.text)}</p>" for n in turn.notices]
    if turn.claims:
        rows = "".join(
            f"<tr><td>{escape(c.text)}</td><td>{escape(', '.join(map(str, c.citations)))}</td><td>{c.support:.2f}</td>"
            f"<td>{escape(', '.join(c.provenance))}</td></tr>"
            for c in turn.claims
        )
        parts.append(f"<h3>Claims</h3><table><tr><th>Claim<th>Cites<th>Support<th>Tags</tr>{rows}</table>")
    if turn.citations:
        parts += ["<h3>Sources</h3>", *(_source(c, library) for c in turn.citations)]
    if turn.refusal:
        lacking = f" Not found: {'; '.join(turn.refusal.missing)}." if turn.refusal.missing else ""
        parts.append(
            f"<h3>Refused at: {escape(turn.refusal.gate)}</h3><p>{escape(turn.refusal.explanation + lacking)}</p>"
        )
        parts += [f"<blockquote>Near, not an answer: {escape(n.quote)}</blockquote>" for n in turn.refusal.nearest]
    if turn.withheld:
        parts.append("<h3>Written and withheld</h3>")
        parts += [f"<blockquote>{escape(w.text)}<br>Reason: {escape(w.reason)}</blockquote>" for w in turn.withheld]
    return "".join(parts)


def _source(citation: Citation, library: Library) -> str:
    found = library.opened(citation)
    quote = marked(citation.quote, [(0, len(citation.quote))])
    if found.text is not None and found.holds:
        quote = excerpt(found.text, citation.start, citation.end)
    warning = f"<p class='warn'>{escape(found.remark)}</p>" if found.remark else ""
    lines = "".join(f"<br>{escape(line)}" for line in found.difference)
    difference = f"<p class='small'>Then (-) and now (+):{lines}</p>" if lines else ""
    return (
        f"<p class='small'>[{citation.number}] {escape(place(citation))}, version {escape(citation.version)}, "
        f"characters {citation.start} to {citation.end}</p>{warning}<blockquote>{quote}</blockquote>{difference}"
    )


def _review(log: AuditLog, record: Record) -> str:
    about = log.about(record)
    reviews = [row for row in about if row.event == "review"]
    state = reviews[-1].state if reviews else State.UNREVIEWED.value
    lines = []
    for row in about:
        given = "; ".join([*row.more.get("verdicts", []), *(f"{k} {v}" for k, v in row.more.get("scales", {}).items())])
        who = f"{row.state} by {row.reviewer}" if row.event == "review" else "reported: something is wrong here"
        told = ". ".join(part for part in (who, given, log.note_of(row)) if part)
        lines.append(f"<li>{escape(row.time)}: {escape(told)}</li>")
    return f"<h3>Review: {escape(state)}</h3><ul class='small'>{''.join(lines)}</ul>"


def _facts(record: Record) -> str:
    facts = {
        "Record": f"row {record.seq}, {record.hash}",
        "Conversation": record.conversation,
        "Asked by": record.asker,
        "Safety": f"{record.safety}, {record.level}",
        "Engine": record.engine,
        "Corpus": record.corpus_print,
        "Index": record.index_print,
        "Settings": record.settings_print,
        "Models": ", ".join(f"{name} {value}" for name, value in sorted(record.models.items())),
    }
    return "<dl>" + "".join(f"<dt>{k}</dt><dd>{escape(v)}</dd>" for k, v in facts.items()) + "</dl>"
