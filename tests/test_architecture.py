"""Holds what ARCHITECTURE.md promises: which way imports point, who owns which library, how large a file may be."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LAYERS = ["corpus", "index", "assistant", "ui"]
MAY_IMPORT = {"corpus": {"corpus"}, "index": {"corpus", "index"}, "assistant": {"corpus", "index", "assistant"},
              "ui": {"assistant", "ui"}}  # fmt: skip
OWNERS = {
    "pysbd": {"corpus/segmenting.py"},
    "markdown_it": {"corpus/readers.py"},
    "chromadb": {"index/store.py"},
    "onnxruntime": {"index/onnx_models.py", "assistant/training"},
    "tokenizers": {"index/onnx_models.py"},
    "onnx": {"index/minilm.py", "assistant/training"},
    "bm25s": {"index/keywords.py"},
    "Stemmer": {"index/keywords.py"},
    "sentence_transformers": {"index/encoders.py", "assistant/training"},
    "torch": {"assistant/training"},
    "langchain_core": {"index/retrieval.py"},
    "langchain": {"assistant/generative.py"},
    "httpx": {"assistant/generative.py"},
    "rapidfuzz": {"assistant/spelling.py"},
    "sklearn": {"assistant/review.py", "assistant/training"},
    "sqlite3": {"assistant/audit"},
    "filelock": {"index/building.py"},
    "platformdirs": {"assistant/settings.py"},
    "streamlit": {"ui/"},
    "rich": {"ui/progress.py"},
    "altair": {"ui/audit_overview.py"},
}
LIGHT = {"numpy"}  # may be imported at the top of a module
SOURCES = sorted(p for layer in LAYERS for p in (ROOT / layer).rglob("*.py"))


def imports(path: Path) -> list[tuple[str, bool]]:
    """(top-level name, whether the module imports it when it is itself imported) for each import in a file."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    lazy = {id(n) for f in ast.walk(tree) if isinstance(f, ast.FunctionDef | ast.AsyncFunctionDef) for n in ast.walk(f)}
    guarded = {
        id(n) for i in ast.walk(tree) if isinstance(i, ast.If) and "TYPE_CHECKING" in ast.unparse(i.test)
        for n in ast.walk(i)
    }  # fmt: skip
    found = []
    for node in ast.walk(tree):
        eager = id(node) not in lazy | guarded
        if isinstance(node, ast.Import):
            found += [(alias.name, eager) for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.append((node.module, eager))
    return found


def names_folder(text: str, folder: Path) -> bool:
    """Whether the text holds the path of the folder, which may not be the end of another path."""
    return re.search(rf"(?<![\w.~-]){re.escape(str(folder))}/", text) is not None


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", SOURCES, ids=name)
class TestEachFile:
    def test_imports_only_layers_below_it(self, path: Path) -> None:
        layer = path.relative_to(ROOT).parts[0]

        for module, _ in imports(path):
            root = module.split(".")[0]
            assert root not in LAYERS or root in MAY_IMPORT[layer], f"{name(path)} imports {module}"

    def test_leaves_each_library_to_its_owner(self, path: Path) -> None:
        for module, _ in imports(path):
            root = module.split(".")[0]
            owners = OWNERS.get(root)
            assert owners is None or any(name(path).startswith(o) for o in owners), f"{name(path)} imports {module}"

    def test_imports_no_heavy_library_when_imported_itself(self, path: Path) -> None:
        if path.relative_to(ROOT).parts[0] == "ui" and path.name != "cli.py":
            return  # the pages are run by Streamlit, which is there already
        third_party = {m.split(".")[0] for m, eager in imports(path) if eager}
        known = set(sys.stdlib_module_names) | set(LAYERS) | LIGHT | {"__future__"}

        assert third_party <= known, f"{name(path)} imports {third_party - known} on import"

    def test_says_in_its_first_line_what_it_is_for(self, path: Path) -> None:
        docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))

        assert docstring
        assert len(docstring.splitlines()[0]) > 20

    def test_is_small(self, path: Path) -> None:
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 300

    def test_has_a_name_that_says_something(self, path: Path) -> None:
        assert path.stem not in {"utils", "helpers", "types", "constants", "base", "misc", "common"}


class TestTheTableOfOwners:
    def test_names_every_library_that_is_owned(self) -> None:
        spelt = {"markdown_it": "markdown-it-py", "Stemmer": "PyStemmer", "sklearn": "scikit-learn"}
        table = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8").partition("`numpy`")[0]

        for library in OWNERS:
            assert spelt.get(library, library.replace("_", "-")) in table, library


class TestTheWhole:
    def test_only_verification_makes_a_supported_claim(self) -> None:
        makers = [
            name(path) for path in SOURCES for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "SupportedClaim"
        ]  # fmt: skip

        assert set(makers) <= {"assistant/verification.py", "assistant/answers.py"}

    def test_the_path_of_one_question_is_told_in_one_short_file(self) -> None:
        lines = (ROOT / "assistant/assistant.py").read_text(encoding="utf-8").splitlines()
        start = next(n for n, line in enumerate(lines) if line.startswith("class Assistant"))

        assert len(lines) - start <= 90

    def test_only_bootstrap_makes_parts_of_settings(self) -> None:
        readers = {name(p) for p in SOURCES for m, _ in imports(p) if m == "assistant.settings"}

        assert {r for r in readers if r.startswith("assistant/") and "training" not in r} <= {"assistant/bootstrap.py"}

    def test_importing_the_composition_root_loads_nothing_heavy(self) -> None:
        heavy = ["chromadb", "langchain", "langchain_core", "onnxruntime", "tokenizers", "streamlit", "torch",
                 "sentence_transformers", "bm25s", "rich"]  # fmt: skip
        code = f"import sys, assistant.bootstrap; print([m for m in {heavy} if m in sys.modules])"

        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)

        assert done.stdout.strip() == "[]"

    @pytest.mark.skipif(len(ROOT.parts) < 3, reason="the clone lies in the root folder")
    def test_nothing_names_the_folder_it_was_made_in(self) -> None:
        try:
            command = ["git", "ls-files"]
            names = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=True).stdout.split()
        except (OSError, subprocess.CalledProcessError):
            pytest.skip("this is no git clone, so nobody says which files are the project's")
        texts = [ROOT / n for n in names if Path(n).suffix in {".py", ".md", ".toml", ".txt", ".yml", ".json", ""}]

        for path in texts:
            if path.is_file():
                assert not names_folder(path.read_text(encoding="utf-8", errors="ignore"), ROOT.parent), path

    def test_a_folder_is_named_by_its_whole_path_and_not_by_the_end_of_another(self) -> None:
        assert names_folder("see `/data/x/README`", Path("/data"))
        assert not names_folder("tests/data/answer.schema.json and ~/data/x", Path("/data"))
