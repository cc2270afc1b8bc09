"""What the `sourcebound audit` commands select by: the filters, their dates in UTC, and none that is ignored."""

from __future__ import annotations

import argparse
import datetime as dates
from typing import Any

from assistant.answers import Level, Outcome
from assistant.audit_chain import stamp
from assistant.errors import RecordError
from assistant.record import Selection, State

_TEXTS = ("since", "until", "outcome", "safety", "level", "document", "conversation", "state", "reviewer")
FILTERS = (*_TEXTS, "support_below", "reported")
_SPELT = {"safety": "--class"}  # where an option's name is not that of its value


def add_filters(parser: argparse.ArgumentParser) -> None:
    """Add an option for each of FILTERS."""
    parser.add_argument(
        "--since", type=since, default="", metavar="DATE", help="2026-11-01, or a time (UTC, or +02:00)"
    )
    parser.add_argument("--until", type=until, default="", metavar="DATE", help="a day is included, a time is not")
    parser.add_argument(
        "--outcome", default="", choices=[*map(str, Outcome)], metavar="OUTCOME", help=", ".join(Outcome)
    )
    parser.add_argument("--class", dest="safety", default="", help="safety class")
    parser.add_argument("--level", default="", choices=[*map(str, Level)], metavar="LEVEL", help=", ".join(Level))
    parser.add_argument("--document", default="", metavar="ID")
    parser.add_argument("--conversation", default="", metavar="ID")
    parser.add_argument("--state", default="", choices=[*map(str, State)], metavar="STATE", help=", ".join(State))
    parser.add_argument("--reviewer", default="", metavar="NAME")
    parser.add_argument("--support-below", type=float, metavar="NUMBER")
    parser.add_argument("--reported", action="store_true")


def selection(arguments: argparse.Namespace, **more: Any) -> Selection:
    """The recorded answers that the filters name."""
    given: dict[str, Any] = {name: str(getattr(arguments, name)) for name in _TEXTS}
    return Selection(**given, support_below=arguments.support_below, reported=arguments.reported, **more)


def refuse(arguments: argparse.Namespace, names: tuple[str, ...], what: str) -> None:
    """RecordError where one of these options was given: `what` would pass over it in silence."""
    given = [
        name for name in names if getattr(arguments, name) not in (None, "") and getattr(arguments, name) is not False
    ]
    if given:
        told = ", ".join(_SPELT.get(name, "--" + name.replace("_", "-")) for name in given)
        raise RecordError(f"{told} does not apply to {what}. Leave it out.")


def since(text: str) -> str:
    """The start of a day, or a time, as the record spells it."""
    return _moment(text, 0)


def until(text: str) -> str:
    """The end of a day, or a time, as the record spells it."""
    return _moment(text, 1)


def _moment(text: str, days: int) -> str:
    if not text:
        return ""
    try:
        try:
            return (dates.date.fromisoformat(text) + dates.timedelta(days)).isoformat()
        except ValueError:
            moment = dates.datetime.fromisoformat(text)
            return stamp(moment if moment.tzinfo else moment.replace(tzinfo=dates.UTC))
    except (ValueError, OverflowError) as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no date such as 2026-11-01") from error
