"""Which language model was chosen, where it runs, what it needs, and whether anything would leave this machine."""

from __future__ import annotations

import ipaddress
import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from corpus.errors import SettingsError

KEY = "SOURCEBOUND_MODEL_KEY"
_HOMES = {
    "ollama": "http://127.0.0.1:11434",
    "openai": "https://api.openai.com/v1",
    "anthropic": "https://api.anthropic.com",
    "huggingface": "",
}
_KEYS = {"openai": "OPENAI_API_KEY", "anthropic": "ANTHROPIC_API_KEY"}


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """A model by provider, name and address. The key is never shown."""

    provider: str
    name: str
    url: str
    key: str = field(default="", repr=False)

    @property
    def id(self) -> str:
        """How the setting names it."""
        return f"{self.provider}:{self.name}"

    @property
    def remote(self) -> bool:
        """Whether using it sends text to another machine, or fetches weights from one."""
        if self.provider == "huggingface":
            return not Path(self.name).expanduser().is_dir()
        return not is_loopback(self.url)

    @property
    def destination(self) -> str:
        """Where the question and the passages go, in words."""
        if self.provider == "huggingface":
            return "this machine" if not self.remote else "huggingface.co (the weights would be fetched from there)"
        host = urlsplit(self.url).hostname or self.url
        return f"this machine ({host})" if not self.remote else host


def chosen(
    setting: str,
    url: str = "",
    allow_remote: bool = False,
    key_file: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> ModelChoice:
    """The model that a setting such as "ollama:llama3.2" names. SettingsError says what is wrong or not allowed."""
    provider, _, name = setting.partition(":")
    if provider not in _HOMES or not name.strip():
        raise SettingsError(
            f"The setting model cannot be {setting!r}: write PROVIDER:NAME with a provider of {', '.join(_HOMES)}."
        )
    if re.search(r"//[^/]*@|[?#]", url):
        raise SettingsError("The setting model_url holds more than an address. Put a key into key_file, not there.")
    if url and not re.match(r"https?://[^/\s]+", url):
        raise SettingsError(f"The setting model_url cannot be {url!r}: write http:// or https:// and a host.")
    home = url or _HOMES[provider]
    choice = ModelChoice(provider, name.strip(), home)
    if choice.remote and not allow_remote:
        raise SettingsError(
            f"The model {setting} is not on this machine: questions would go to {choice.destination}. "
            "Set allow_remote_models to true to allow that."
        )
    if choice.remote and home.startswith("http://"):
        raise SettingsError(f"The setting model_url cannot be {url!r}: text leaves this machine over https:// only.")
    return ModelChoice(provider, name.strip(), home, _key(provider, url, key_file, environment))


def is_loopback(url: str) -> bool:
    """Whether the address is this machine's own."""
    host = (urlsplit(url).hostname or "").lower()
    if host == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_loopback


def _key(provider: str, url: str, key_file: Path | None, environment: Mapping[str, str] | None) -> str:
    """The key for this model. A provider's own variable is read for the provider's own address alone."""
    environment = os.environ if environment is None else environment
    if key_file is not None:
        return _read(key_file)
    if environment.get(KEY):
        return environment[KEY].strip()
    return environment.get(_KEYS.get(provider, ""), "").strip() if not url else ""


def _read(path: Path) -> str:
    try:
        mode = path.stat().st_mode
        if stat.S_IMODE(mode) & 0o077:
            raise SettingsError(f"The key file {path} can be read by others. Type: chmod 600 {path}")
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"The key file {path} cannot be read: {type(error).__name__}.") from None
