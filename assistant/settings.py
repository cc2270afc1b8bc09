"""Settings: one frozen dataclass, from SOURCEBOUND_ variables and one TOML file; each value tells where it is from."""

from __future__ import annotations

import hashlib
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from corpus.errors import SettingsError

PREFIX = "SOURCEBOUND_"
FILE_NAME = "sourcebound.toml"
_LOCAL = "huggingface:"  # a model of this provider may be a folder
_ENCODERS = ("", "asking-minilm", "all-MiniLM-L6-v2")  # by name, never a folder


@dataclass(frozen=True, slots=True)
class Settings:
    """What can be set. `where` tells for each name: default, the file, a variable, or the command line."""

    state: Path = Path()
    corpus: tuple[Path, ...] = ()
    encoder: str = "asking-minilm"
    chroma_url: str = ""
    region: str = ""
    record: str = "full"
    retention_days: int = 90
    model: str = ""
    model_url: str = ""
    allow_remote_models: bool = False
    model_seconds: float = 20.0
    key_file: str = ""  # the path alone: no setting holds a key
    audit_page: bool = True  # off: the record is read and erased on the command line alone
    where: Mapping[str, str] = field(default_factory=dict)

    @property
    def fingerprint(self) -> str:
        """Of every setting that can change an answer, which a model's address and time can where there is a model."""
        drafted = ("model_url", "model_seconds") if self.model else ()
        told = [
            f"{n}={_shown(n, getattr(self, n))}"
            for n in ("encoder", "region", "model", "allow_remote_models", *drafted)
        ]
        return hashlib.sha256("\n".join(told).encode()).hexdigest()[:16]

    def described(self) -> list[tuple[str, str, str]]:
        """(name, value, where it comes from), in order."""
        return [(n, _shown(n, getattr(self, n)), self.where.get(n, "default")) for n in names()]


def names() -> list[str]:
    """The names that can be set."""
    return [f.name for f in fields(Settings) if f.name != "where"]


def load_settings(environment: Mapping[str, str] | None = None, **given: Any) -> Settings:
    """Settings in force: command line over variables over the file in the state folder over defaults.

    Folders and files are absolute, so that they mean the same wherever a command runs, but for `corpus`.
    SettingsError names the setting, the value found, and what is allowed.
    """
    environment = os.environ if environment is None else environment
    state = Path(given.get("state") or environment.get(f"{PREFIX}STATE") or _data_folder()).expanduser().resolve()
    values: dict[str, Any] = {"state": state}
    where = {"state": "command line" if given.get("state") else f"{PREFIX}STATE" if environment.get(f"{PREFIX}STATE")
             else "default"}  # fmt: skip
    file = state / FILE_NAME
    if file.is_file():
        try:
            told = tomllib.loads(file.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
            raise SettingsError(f"{file} cannot be read: {error}. It must be TOML in UTF-8.") from error
        for name, value in told.items():
            if name != "state" or where["state"] == "default":
                values[name], where[name] = value, str(file)
    for name in names():
        if (key := PREFIX + name.upper()) in environment and name != "state":
            values[name], where[name] = environment[key], key
    for name, value in given.items():
        if value not in (None, "", ()) and name != "state":
            values[name], where[name] = value, "command line"
    if unknown := values.keys() - set(names()):
        raise SettingsError(f"Unknown setting {', '.join(sorted(unknown))} in {file}. Known: {', '.join(names())}.")
    checked = {name: _absolute(name, _typed(name, value), state) for name, value in values.items()}
    return replace(Settings(), **checked, where=where)


def _typed(name: str, value: Any) -> Any:
    default = getattr(Settings(), name)
    try:
        if name == "corpus":
            parts = value.split(os.pathsep) if isinstance(value, str) else value
            return tuple(Path(p).expanduser() for p in ([parts] if isinstance(parts, Path) else parts) if str(p))
        if isinstance(default, bool):
            if str(value).lower() not in ("1", "0", "true", "false", "yes", "no"):
                raise ValueError("use true or false")
            return str(value).lower() in ("1", "true", "yes")
        result = type(default)(value)
    except (TypeError, ValueError) as error:
        raise SettingsError(f"The setting {name} cannot be {value!r}: {error}.") from error
    if name == "record" and result not in ("full", "metadata", "off"):
        raise SettingsError(f"The setting record cannot be {value!r}: use full, metadata or off.")
    if name in ("model_seconds", "retention_days") and result <= 0:
        raise SettingsError(f"The setting {name} cannot be {value!r}: use a number above 0.")
    return result


def _absolute(name: str, value: Any, state: Path) -> Any:
    """A file or folder of this machine by its whole path; a state folder that the file names lies beside the file."""
    if name == "state":
        return (state / value.expanduser()).resolve()
    if name == "key_file" and value:
        return str(Path(value).expanduser().resolve())
    if name == "model" and value.startswith(_LOCAL) and (folder := Path(value[len(_LOCAL) :]).expanduser()).is_dir():
        return f"{_LOCAL}{folder.resolve()}"
    if name == "encoder" and value not in _ENCODERS and (folder := Path(value).expanduser()).is_dir():
        return str(folder.resolve())
    return value


def _shown(name: str, value: Any) -> str:
    if name.endswith("_url"):  # whatever may be a password or a key in it stays out
        return re.sub(r"(?<=//)[^/@]*@|[?#].*", "…", str(value))
    return os.pathsep.join(map(str, value)) if isinstance(value, tuple) else str(value)


def _data_folder() -> str:
    from platformdirs import user_data_dir

    return user_data_dir("sourcebound", appauthor=False)
