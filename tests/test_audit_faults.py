"""The n-th write, fsync, truncation, link or rename fails, for n = 1, 2, 3 … until none is left to fail."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

# Stands before the C library, so that SQLite's own calls fail as well as Python's.
SHIM = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static long calls, at;
static int error_number;
void arm(long n, int error) { calls = 0; at = n; error_number = error; }
long counted(void) { return calls; }

static int fails(int fd) {
    char name[64], path[4096];
    if (!at) return 0;
    snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(name, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    if (!(strstr(path, "/audited/") || strstr(path, "/exported/")) || strstr(path, "-shm")) return 0;
    if (++calls != at) return 0;
    errno = error_number;
    return 1;
}
#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
ssize_t write(int fd, const void *b, size_t n) { return fails(fd) ? -1 : REAL(write)(fd, b, n); }
ssize_t pwrite(int fd, const void *b, size_t n, off_t o) { return fails(fd) ? -1 : REAL(pwrite)(fd, b, n, o); }
ssize_t pwrite64(int fd, const void *b, size_t n, off64_t o) { return fails(fd) ? -1 : REAL(pwrite64)(fd, b, n, o); }
int fsync(int fd) { return fails(fd) ? -1 : REAL(fsync)(fd); }
int fdatasync(int fd) { return fails(fd) ? -1 : REAL(fdatasync)(fd); }
int ftruncate(int fd, off_t n) { return fails(fd) ? -1 : REAL(ftruncate)(fd, n); }
int ftruncate64(int fd, off64_t n) { return fails(fd) ? -1 : REAL(ftruncate64)(fd, n); }
int link(const char *a, const char *b) {
    if (at && strstr(b, "/audited/") && ++calls == at) { errno = error_number; return -1; }
    return REAL(link)(a, b);
}
int rename(const char *a, const char *b) {
    if (at && strstr(b, "/exported/") && ++calls == at) { errno = error_number; return -1; }
    return REAL(rename)(a, b);
}
"""

LOOP = """
import ctypes, json, shutil, sys
from pathlib import Path
from assistant.audit import AuditLog
from assistant.exports import verify_export, write_export
from assistant.record import Selection
from corpus.errors import RecordError
from tests.recorded_turns import a_turn

shim, folder, fresh, error = ctypes.CDLL(sys.argv[1]), Path(sys.argv[2]), sys.argv[3] == "fresh", int(sys.argv[4])
base, work, export = folder / "base", folder / "audited", folder / "exported" / "audit.jsonl"
export.parent.mkdir()
log = AuditLog(base)
kept = [log.append(a_turn(f"Before {n}?"), f"talk {n % 2}", "", "verbatim", 1) for n in range(6)]
write_export(log, export)
old = export.read_bytes()
log.close()
wrong, told, n = [], 0, 0
while True:
    n += 1
    shutil.rmtree(work, ignore_errors=True)
    if not fresh:
        shutil.copytree(base, work)
    export.write_bytes(old)
    acknowledged, said = [] if fresh else list(kept), []
    shim.arm(ctypes.c_long(n), error)
    log = AuditLog(work, patience=0.2)
    for step in range(5):
        try:
            if step == 2:
                log.erase(conversation="talk 1")
            elif step == 4:
                write_export(log, export)
            else:
                acknowledged.append(log.append(a_turn(f"During {step}?"), "talk 1", "me", "verbatim", 1))
        except RecordError as problem:
            said.append(str(problem))
    calls = shim.counted()
    shim.arm(ctypes.c_long(0), 0)
    log.close()
    told += bool(said)
    log = AuditLog(work)
    found, records = log.verify(), log.records()
    lost = [name for name in acknowledged if name not in {record.hash for record in records}]
    erased = bool(log.records(Selection(events=("tombstone",))))
    files = b"".join(path.read_bytes() for path in work.iterdir())
    left = erased and (b"During 0?" in files or b"Before 1?" in files)
    torn = export.read_bytes() != old and not verify_export(export, log.head()).ok
    if not found.ok or lost or left or torn or len(list(export.parent.iterdir())) != 1:
        wrong.append([n, str(found), lost, left, torn, said])
    log.close()
    if calls < n or n > 500:
        break
print(json.dumps({"tried": n, "told": told, "wrong": wrong}))
"""


@pytest.fixture(scope="module")
def shim(tmp_path_factory: pytest.TempPathFactory) -> Path:
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if sys.platform != "linux" or compiler is None:
        pytest.skip("a C compiler on Linux is needed to make SQLite's own writes fail")
    folder = tmp_path_factory.mktemp("shim")
    (folder / "shim.c").write_text(SHIM)
    subprocess.run(
        [compiler, "-shared", "-fPIC", "-o", folder / "shim.so", folder / "shim.c", "-ldl"],
        check=True,
        capture_output=True,
    )
    return folder / "shim.so"


class TestWhicheverCallFails:
    @pytest.mark.parametrize("start", ["fresh", "with a past"])
    @pytest.mark.parametrize("error", [5, 28], ids=["input/output error", "disk full"])
    def test_the_record_holds_and_nothing_acknowledged_is_lost(
        self, shim: Path, tmp_path: Path, start: str, error: int
    ) -> None:
        child = subprocess.run(
            [sys.executable, "-c", LOOP, str(shim), str(tmp_path), start, str(error)],
            env={**os.environ, "LD_PRELOAD": str(shim)},
            cwd=Path(__file__).parents[1],
            capture_output=True,
            text=True,
        )

        assert child.returncode == 0, child.stderr
        result = json.loads(child.stdout)
        assert result["wrong"] == []
        assert 20 < result["tried"] < 500
        assert result["told"] > 5
