"""Parity with sentence-transformers, and any other encoder: needs the extra `models` (make test-models)."""

from __future__ import annotations

import json
import random
from pathlib import Path

import numpy as np
import pytest

from assistant.training.export import quantised
from corpus.errors import ModelError
from corpus.loading import load
from index.encoders import MINILM, SentenceTransformerEncoder, minilm_folder, open_encoder
from index.minilm import convert
from index.onnx_models import OnnxModel

pytestmark = pytest.mark.models

ODD = [
    "x", "?", "...", "5-HT", "a " * 600, "60-80%", "Überempfindlichkeit", "zażółć gęślą jaźń", "संकट में मदद", "🙂 ok",
    "line\nbreak\ttab", "ALL CAPS QUESTION?", "http://example.org/?q=1", "don't can't won't", "1,2-dioxin", "  wide  ",
]  # fmt: skip


def texts() -> list[str]:
    """Two hundred texts: our sentences, our bank's questions, long ones and odd ones."""
    corpus = load([])
    passages, questions = [p.text for p in corpus.passages], [q.text for q in corpus.bank.questions]
    long = [" ".join(passages[n : n + 30]) for n in range(0, 60, 10)]
    chosen = random.Random(5).sample(passages, 60) + random.Random(6).sample(questions, 118)
    return (ODD + long + chosen)[:200]


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A sentence-transformers model of random weights, as small as it gets."""
    from sentence_transformers import SentenceTransformer, models
    from transformers import BertConfig, BertModel, BertTokenizerFast

    folder = tmp_path / "bert"
    BertModel(BertConfig(vocab_size=30522, hidden_size=32, num_hidden_layers=1, num_attention_heads=2,
                         intermediate_size=64)).save_pretrained(folder)  # fmt: skip
    BertTokenizerFast.from_pretrained(str(minilm_folder())).save_pretrained(folder)
    whole = tmp_path / "small"
    word = models.Transformer(str(folder), max_seq_length=64)
    SentenceTransformer(modules=[word, models.Pooling(32)], device="cpu").save(str(whole))
    return whole


class TestTheEncoder:
    def test_gives_sentence_transformers_own_vectors(self, tmp_path: Path) -> None:
        from sentence_transformers import SentenceTransformer

        asked = texts()
        theirs = SentenceTransformer(str(minilm_folder()), device="cpu").encode(asked, normalize_embeddings=True)

        ours = open_encoder(MINILM, tmp_path).encode(asked)

        assert len(asked) == 200
        assert float((ours * np.asarray(theirs)).sum(1).min()) > 0.9999

    def test_may_be_any_other_model_by_its_path(self, small: Path, tmp_path: Path) -> None:
        encoder = open_encoder(str(small), tmp_path)

        vectors = encoder.encode(["a question", "another"])

        assert vectors.shape == (2, 32)
        assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)

    def test_that_does_not_exist_is_an_error_that_says_what_to_do(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("HF_HUB_OFFLINE", "1")

        with pytest.raises(ModelError, match="Name a folder"):
            SentenceTransformerEncoder("no-such/model")


class TestAnExportedCrossEncoder:
    def test_gives_the_logits_of_the_one_that_was_trained(self, tmp_path: Path) -> None:
        import torch
        from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

        torch.manual_seed(1)
        model = BertForSequenceClassification(
            BertConfig(hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64, num_labels=1)
        ).eval()
        model.save_pretrained(tmp_path)
        convert(tmp_path / "model.safetensors", tmp_path / "config.json", tmp_path / "model.onnx")
        pairs = [("What helps?", "Light helps."), ("Who?", "Nobody knows who it was | Heading")]
        tokenizer = BertTokenizerFast.from_pretrained(str(minilm_folder()))
        encoded = tokenizer([a for a, _ in pairs], [b for _, b in pairs], padding=True, return_tensors="pt")
        with torch.no_grad():
            theirs = model(**encoded).logits.numpy()

        ours, _ = OnnxModel(tmp_path / "model.onnx", minilm_folder() / "tokenizer.json").run(pairs)

        assert np.allclose(ours, theirs, atol=1e-4)

    def test_that_reads_paragraphs_gives_its_logit_for_each_unit(self, tmp_path: Path) -> None:
        import torch
        from safetensors.torch import save_file
        from transformers import BertConfig, BertModel, BertTokenizerFast

        torch.manual_seed(1)
        size = 32
        config = BertConfig(hidden_size=size, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64)
        body = BertModel(config, add_pooling_layer=False).eval()
        head = torch.nn.Sequential(torch.nn.Linear(3 * size, size), torch.nn.Tanh(), torch.nn.Linear(size, 1))
        weights = {f"bert.{name}": value.contiguous() for name, value in body.state_dict().items()}
        save_file(weights | {f"unit.{n}": v for n, v in head.state_dict().items()}, tmp_path / "model.safetensors")
        config.save_pretrained(tmp_path)
        convert(tmp_path / "model.safetensors", tmp_path / "config.json", tmp_path / "model.onnx")
        units = ["Light helps.", "Nobody knows who it was, or why.", "Walking"]
        tokenizer = BertTokenizerFast.from_pretrained(str(minilm_folder()))
        lengths = [len(tokenizer.tokenize(unit)) for unit in units]
        encoded = tokenizer("What helps?", f"Winter: {' '.join(units)}", return_tensors="pt")
        with torch.no_grad():
            states = body(**encoded).last_hidden_state[0]
            first = states.shape[0] - 1 - sum(lengths)
            own = states[first:-1].split(lengths)
            seen = torch.stack([torch.cat([each.mean(0), each.amax(0), states[0]]) for each in own])
            theirs = head(seen)[:, 0].numpy()

        model = OnnxModel(tmp_path / "model.onnx", minilm_folder() / "tokenizer.json")

        assert np.allclose(model.read("What helps?", "Winter", units), theirs, atol=1e-4)

    def test_is_shipped_with_a_card_that_holds_its_hash(self, tmp_path: Path) -> None:
        from transformers import BertConfig, BertForSequenceClassification

        config = BertConfig(
            hidden_size=32, num_hidden_layers=1, num_attention_heads=2, intermediate_size=64, num_labels=1
        )
        BertForSequenceClassification(config).save_pretrained(tmp_path)

        path = quantised(tmp_path, "small", {"seed": 1}, tmp_path)

        card = json.loads((tmp_path / "small.json").read_text())
        assert card["bytes"] == path.stat().st_size
        assert card["seed"] == 1
