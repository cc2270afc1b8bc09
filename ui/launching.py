"""Starts the page's server on loopback, opens it in the browser once it answers, and waits for it to end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
import webbrowser
from pathlib import Path

from assistant.errors import ExpectedError
from assistant.settings import PREFIX, Settings, names

APP = Path(__file__).with_name("app.py")
_PATIENCE = 60.0  # seconds until the server must answer


def serve(settings: Settings, port: int, browser: bool) -> int:
    """Serves until interrupted; the server's exit code."""
    if taken(port):
        raise ExpectedError(f"Port {port} is in use. Close what uses it, or type: sourcebound ui --port {port + 1}")
    environment = os.environ | variables(settings)
    command = [sys.executable, "-m", "streamlit", "run", str(APP), "--server.port", str(port)]
    server = subprocess.Popen(command, env=environment, cwd=APP.parent)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that the server ends with this process
    if browser:
        threading.Thread(target=_opened, args=(port, server), daemon=True).start()
    try:
        return server.wait()
    except KeyboardInterrupt:
        server.send_signal(signal.SIGINT)
        server.wait()
        return 0


def variables(settings: Settings) -> dict[str, str]:
    """The settings as variables that mean the same in another working folder, which the server has."""
    told = {name: str(getattr(settings, name)) for name in names() if name != "corpus"}
    told["corpus"] = os.pathsep.join(str(path.resolve()) for path in settings.corpus)
    return {PREFIX + name.upper(): value for name, value in told.items()}


def taken(port: int) -> bool:
    """Whether something answers on that port of this machine."""
    import socket

    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def healthy(port: int) -> bool:
    """Whether the page's server answers."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=1) as reply:
            return bool(reply.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _opened(port: int, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline and server.poll() is None:
        if healthy(port):
            webbrowser.open(f"http://127.0.0.1:{port}/")
            return
        time.sleep(0.2)
