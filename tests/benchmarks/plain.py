"""What `bench.py` is compared with: the same passages asked through plain LangChain, Chroma and HuggingFaceEmbeddings.

Needs the extra `models` and the group `bench`. It retrieves and prints; it judges, refuses and records nothing.
"""

from __future__ import annotations

import statistics
import sys
import time

from langchain_chroma import Chroma
from langchain_huggingface import HuggingFaceEmbeddings

from corpus.loading import load
from index.encoders import minilm_folder


def main(folder: str, question: str, more: list[str]) -> None:
    """Opens the store in `folder`, filling it the first time, and prints the passage nearest to the question; then the
    median time of `more` questions, in milliseconds."""
    store = Chroma("plain", HuggingFaceEmbeddings(model_name=str(minilm_folder())), persist_directory=folder)
    if not store.get(limit=1)["ids"]:
        store.add_texts([p.text for p in load([]).passages])
    sys.stdout.write(f"{store.similarity_search(question, k=1)[0].page_content}\n")
    taken = []
    for text in more:
        start = time.perf_counter()
        store.similarity_search(text, k=4)
        taken.append((time.perf_counter() - start) * 1000)
    if taken:
        sys.stdout.write(f"{statistics.median(taken)}\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
