"""The corpus: reading, what can be cited of it, and what is said when it is not as it must be."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest

from corpus.bank import load_bank
from corpus.errors import CorpusError
from corpus.loading import SHIPPED, Corpus, load
from corpus.normalising import comparable, normalised
from corpus.passages import Passage, Unit
from tests.conftest import SHARED

PAGE = """Skip to content
The Clinic Blog

Rest and recovery

Rest is more than sleep. It can mean quiet time (e.g. reading), too.


Rest and recovery

Why it matters

People heal faster when rested, including:

  • Adults
  • Children

Additional Resources


Blog Posts

Better mornings

Mornings set the tone for the day and here is how to
"""


def texts(corpus: Corpus, unit: Unit | None = None) -> list[str]:
    return [p.text for p in corpus.passages if unit is None or p.unit is unit]


class TestPassages:
    def test_are_the_stored_text_from_start_to_end(self, folder: Path) -> None:
        corpus = load([folder])

        for passage in corpus.passages:
            assert corpus.documents[0].text[passage.start : passage.end] == passage.text

    def test_do_not_end_at_an_abbreviation(self, folder: Path) -> None:
        assert "Dr. Hall reports that CBT-I helps about 70-80% of people (Hall 2020)." in texts(load([folder]))

    def test_of_a_list_know_the_sentence_that_introduces_them(self, folder: Path) -> None:
        items = [p for p in load([folder]).passages if p.unit is Unit.ITEM]

        assert [p.before for p in items] == ["Several things may help, including:"] * 3

    def test_include_the_whole_list_with_its_lead(self, folder: Path) -> None:
        (whole,) = [p for p in load([folder]).passages if p.unit is Unit.LIST]

        assert whole.text.startswith("Several things may help, including:\n\n- Stimulus control")
        assert whole.text.endswith("1-2 hours.")
        assert len(whole.members) == 3

    def test_know_their_heading_path(self, folder: Path) -> None:
        passage = next(p for p in load([folder]).passages if p.text.startswith("Dr. Hall"))

        assert passage.section == ("Sleep and the clinic", "What helps")

    def test_keep_their_ids_when_the_text_is_edited_elsewhere(self, folder: Path) -> None:
        before = {p.text: p.id for p in load([folder]).passages}
        path = folder / "sleep.md"
        path.write_text(path.read_text().replace("Insomnia is", "A new first sentence stands here. Insomnia is"))

        after = {p.text: p.id for p in load([folder]).passages}

        assert {text: after[text] for text in before} == before

    def test_have_ids_that_are_never_shared(self, folder: Path) -> None:
        (folder / "twice.md").write_text("# T\n\nSame words here. Same words here.\n\n## T\n\nSame words here.")

        ids = [p.id for p in load([folder]).passages]

        assert len(ids) == len(set(ids))


class TestASavedPage:
    @pytest.fixture
    def page(self, tmp_path: Path) -> Corpus:
        (tmp_path / "page.txt").write_text(PAGE, encoding="utf-8")
        return load([tmp_path])

    def test_is_read_without_navigation_resources_and_teasers(self, page: Corpus) -> None:
        text = page.documents[0].text

        for left_out in ("Skip to content", "The Clinic Blog", "Additional Resources", "Blog Posts", "Mornings"):
            assert left_out not in text

    def test_has_its_title_once_and_its_headings(self, page: Corpus) -> None:
        headings = [b.text for b, _ in page.documents[0].blocks if b.kind == "heading"]

        assert headings == ["Rest and recovery", "Why it matters"]
        assert page.documents[0].title == "Rest and recovery"

    def test_has_its_bullets_as_items(self, page: Corpus) -> None:
        assert texts(page, Unit.ITEM) == ["Adults", "Children"]


@pytest.mark.shared
class TestTheArticle:
    def test_saved_as_a_page_reads_the_same_as_its_clean_text(self) -> None:
        page, markdown = load([SHARED / "article/page"]), load([SHARED / "article/markdown"])

        assert page.documents[0].version == markdown.documents[0].version
        assert [(p.text, p.section) for p in page.passages] == [(p.text, p.section) for p in markdown.passages]

    def test_given_twice_is_read_once_and_that_is_said(self) -> None:
        corpus = load([SHARED / "article"])

        assert len(corpus.documents) == 1
        assert "read once" in corpus.remarks[0]

    def test_shares_no_run_of_eight_words_with_our_documents(self) -> None:
        def runs(text: str) -> set[str]:
            words = comparable(text).split()
            return {" ".join(words[i : i + 8]) for i in range(len(words) - 7)}

        article = runs(next((SHARED / "article/page").glob("*.txt")).read_text(encoding="utf-8"))

        for document in load([]).documents:
            assert not runs(document.text) & article

    def test_has_every_figure_and_list_entry_in_our_restatement(self) -> None:
        article, ours = load([SHARED / "article/markdown"]), load([])
        restated = [p for p in ours.passages if p.document_id == "serotonin-deficiency"]

        def figures(passages: list[Passage]) -> list[str]:
            return [f for p in passages if p.unit is not Unit.LIST for f in re.findall(r"\d+-\d+%", p.text)]

        def sizes(passages: list[Passage]) -> list[int]:
            return [len(p.members) for p in passages if p.unit is Unit.LIST]

        assert figures(restated) == figures(list(article.passages))
        assert sizes(restated) == sizes(list(article.passages))
        assert len(restated) == len(article.passages)


class TestOurDocuments:
    def test_are_a_restatement_and_a_note_that_says_it_is_one(self) -> None:
        kinds = {d.id: d.source.kind for d in load([]).documents}

        assert kinds == {"serotonin-deficiency": "restatement", "how-settled-is-this": "editor's note"}

    def test_give_a_reference_for_every_figure_of_the_note(self) -> None:
        note = [p for p in load([]).passages if p.document_id == "how-settled-is-this" and p.unit is Unit.SENTENCE]
        literature = [
            p for p in note if p.heading.startswith("What the literature says") and re.search(r"\d+%", p.text)
        ]

        assert literature
        for passage in literature:
            assert re.search(r"\b(?:19|20)\d\d\b|PMC\d+|article", passage.text), passage.text


class TestLoading:
    def test_notices_a_document_that_changed_since_its_review(self, folder: Path) -> None:
        checksum = "sha256:" + hashlib.sha256(b"other").hexdigest()
        (folder / "sources.toml").write_text(
            f'[[source]]\nid = "sleep"\nfile = "sleep.md"\ntitle = "Sleep"\nchecksum = "{checksum}"\n'
        )

        with pytest.raises(CorpusError, match="not the text that was reviewed"):
            load([folder])

    def test_refuses_a_document_that_the_list_does_not_name(self, folder: Path) -> None:
        (folder / "other.md").write_text("# Other\n\nText.")
        (folder / "sources.toml").write_text('[[source]]\nid = "sleep"\nfile = "sleep.md"\ntitle = "Sleep"\n')

        with pytest.raises(CorpusError, match=r"other\.md is not listed"):
            load([folder])

    @pytest.mark.parametrize(
        ("name", "content", "words"),
        [
            ("a.md", b"\xff\xfe\x00", "not UTF-8"),
            ("a.md", b"# Only a heading", "no sentence"),
            ("a.pdf", b"%PDF", "No document was found"),
        ],
    )
    def test_says_what_is_wrong_with_a_file(self, tmp_path: Path, name: str, content: bytes, words: str) -> None:
        (tmp_path / name).write_bytes(content)

        with pytest.raises(CorpusError, match=words):
            load([tmp_path])

    def test_says_that_a_folder_does_not_exist(self, tmp_path: Path) -> None:
        with pytest.raises(CorpusError, match="does not exist"):
            load([tmp_path / "nowhere"])

    @pytest.mark.parametrize(
        ("listing", "words"),
        [
            (b'[source]\nid = "sleep"\nfile = "sleep.md"\ntitle = "Sleep"\n', "double brackets"),
            (b"source = [1]\n", "double brackets"),
            ("# Zürich\n".encode("latin-1"), "not valid TOML in UTF-8"),
            (b'[[source]]\nid = 5\nfile = "sleep.md"\ntitle = "Sleep"\n', "a text as its id"),
        ],
    )
    def test_says_what_is_wrong_with_the_list_of_sources(self, folder: Path, listing: bytes, words: str) -> None:
        (folder / "sources.toml").write_bytes(listing)

        with pytest.raises(CorpusError, match=words):
            load([folder])

    def test_reads_two_documents_of_another_script_and_each_only_once(self, tmp_path: Path) -> None:
        (tmp_path / "сон.md").write_text("Бессонница мешает жить.\n", encoding="utf-8")
        (tmp_path / "svet.md").write_text("Утренний свет сдвигает ритм.\n", encoding="utf-8")
        (tmp_path / "twice.md").write_text("Утренний свет сдвигает ритм.\n", encoding="utf-8")
        (tmp_path / "sign.md").write_text("♥\n", encoding="utf-8")
        (tmp_path / "star.md").write_text("★\n", encoding="utf-8")

        corpus = load([tmp_path / name for name in ("svet.md", "сон.md", "twice.md", "sign.md", "star.md")])

        assert texts(corpus) == ["Утренний свет сдвигает ритм.", "Бессонница мешает жить.", "♥", "★"]
        assert len(corpus.remarks) == 1
        assert len({p.id.partition("~")[2] for p in corpus.passages[:2]}) == 2

    def test_never_reads_a_question_bank_as_a_document(self, folder: Path) -> None:
        (folder / "sleep.questions.jsonl").write_text("")

        assert [d.id for d in load([folder]).documents] == ["sleep"]


class TestNormalising:
    def test_drops_what_a_reader_cannot_see(self) -> None:
        assert normalised("a\u200bb\u202ec\u00a0d\r\ne \n\U000e0041") == "abc d\ne\n"

    def test_compares_words_of_every_script(self) -> None:
        assert comparable("Café, 5_HT: 60-80%!") == "café 5 ht 60 80%"
        assert comparable("Утро—свет") == "утро свет"
        assert comparable("की") != comparable("का")

    def test_is_done_once(self) -> None:
        once = normalised("e\u0301\u00a0 x\t\ty ")

        assert normalised(once) == once


class TestTheBank:
    def bank(self, folder: Path, *rows: object) -> Corpus:
        (folder / "sleep.questions.jsonl").write_text("\n".join(json.dumps(row) for row in rows))
        return load([folder])

    def test_knows_what_a_passage_answers_and_what_it_only_tempts_with(self, folder: Path) -> None:
        corpus = self.bank(
            folder,
            {
                "section": "What helps",
                "unit": "Dr. Hall reports that CBT-I",
                "questions": ["How well does CBT-I work?"],
            },
            {
                "section": "What helps",
                "unit": None,
                "near": "Dr. Hall",
                "questions": ["For how long?"],
                "missing": "time",
            },
        )

        answered, near = corpus.bank.questions
        assert answered.answered
        assert not near.answered
        assert answered.passage_ids == (near.near_id,)
        assert near.missing == "time"

    def test_knows_whole_lists_and_several_units_together(self, folder: Path) -> None:
        corpus = self.bank(
            folder,
            {"section": "What helps", "unit": "*list*", "questions": ["What helps?"]},
            {
                "section": "What helps",
                "units": ["Light:", "Sleep restriction:"],
                "questions": ["Light and restriction?"],
            },
        )

        assert [len(q.passage_ids) for q in corpus.bank.questions] == [1, 2]
        assert "~list-" in corpus.bank.questions[0].passage_ids[0]

    def test_leaves_out_and_reports_what_cannot_be_used(self, folder: Path) -> None:
        corpus = self.bank(
            folder,
            {"section": "What helps", "unit": "No such sentence", "questions": ["Lost?"]},
            {"section": "What helps", "unit": "Light:", "questions": ["Both?", "Twice?", "twice"]},
            {"section": "What helps", "unit": None, "near": "Light:", "questions": ["both"], "missing": "x"},
        )

        assert [q.text for q in corpus.bank.questions] == ["Twice?"]
        assert len(corpus.bank.problems) == 3

    @pytest.mark.parametrize("unit", ["…", "", "***"])
    def test_takes_no_unit_for_one_that_has_no_word(self, folder: Path, unit: str) -> None:
        corpus = self.bank(folder, {"section": "What helps", "unit": unit, "questions": ["Which?"]})

        assert corpus.bank.questions == ()
        assert "has no word" in corpus.bank.problems[0]

    @pytest.mark.parametrize(
        "row",
        [{"unit": "Light:"}, {"units": ["Light:", "Sleep restriction:"]}, {"unit": None, "near": "Light:"},
         {"unit": "*list*"}],
    )  # fmt: skip
    def test_takes_no_unit_of_another_section(self, folder: Path, row: dict[str, object]) -> None:
        corpus = self.bank(folder, {"section": "What used to help", "questions": ["Which?"], **row})

        assert corpus.bank.questions == ()
        assert "What used to help" in corpus.bank.problems[0]

    def test_knows_several_units_of_which_one_stands_in_the_section(self, folder: Path) -> None:
        row = {"section": "What helps", "units": ["Insomnia is trouble", "Light:"], "questions": ["Which?"]}

        assert [len(q.passage_ids) for q in self.bank(folder, row).bank.questions] == [2]

    @pytest.mark.parametrize(
        "row",
        [
            {"section": "What helps", "unit": 5, "questions": ["Which?"]},
            {"section": "What helps", "units": "Light:", "questions": ["Which?"]},
            {"section": "What helps", "unit": "Light:", "questions": [5]},
            {"section": ["What helps"], "unit": "Light:", "questions": ["Which?"]},
            {"section": "What helps", "unit": None, "near": {}, "missing": 3, "questions": ["Which?"]},
        ],
    )
    def test_whose_unit_or_question_is_no_text_is_an_error_with_its_place(
        self, folder: Path, row: dict[str, object]
    ) -> None:
        with pytest.raises(CorpusError, match=r"sleep\.questions\.jsonl:1"):
            self.bank(folder, row)

    def test_in_another_encoding_is_an_error(self, folder: Path) -> None:
        (folder / "sleep.questions.jsonl").write_bytes("é".encode("latin-1"))

        with pytest.raises(CorpusError, match="not UTF-8"):
            load([folder])

    def test_has_a_line_where_a_line_feed_ends_it_and_nowhere_else(self, folder: Path) -> None:
        row = {"section": "What helps", "unit": "Light:", "questions": ["Which\u2028light?"]}
        (folder / "sleep.questions.jsonl").write_text(json.dumps(row, ensure_ascii=False) + "\r\n", encoding="utf-8")

        assert [q.text for q in load([folder]).bank.questions] == ["Which\u2028light?"]

    def test_that_is_not_json_is_an_error_with_its_place(self, folder: Path) -> None:
        path = folder / "bank.jsonl"
        path.write_text("nonsense")

        with pytest.raises(CorpusError, match=r"bank\.jsonl:1"):
            load_bank([("sleep", path)], [])

    def test_of_our_documents_is_large_and_sound(self) -> None:
        bank = load([]).bank

        assert bank.problems == ()
        assert sum(q.answered for q in bank.questions) >= 1200
        assert sum(not q.answered for q in bank.questions) >= 1200
        assert (SHIPPED / "documents/how-settled-is-this.questions.jsonl").is_file()
