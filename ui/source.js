// Draws a stored document as text, marks what is cited, and brings the mark into view. Never sets HTML.
const drawn = new WeakMap();
const shown = new WeakMap();

function make(tag, className, text) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text) node.textContent = text;
  return node;
}

function draw(pane, blocks) {
  pane.replaceChildren();
  let list = null;
  for (const block of blocks) {
    const item = block.kind === "item";
    if (item && !list) {
      list = make("ul");
      pane.append(list);
    }
    if (!item) list = null;
    const tag = item ? "li" : block.kind === "heading" ? `h${Math.min(6, block.level + 1)}` : "p";
    const node = make(tag);
    for (const part of block.parts) node.append(part.mark ? make("mark", part.mark, part.text) : part.text);
    (list ?? pane).append(node);
  }
}

// The pane takes what the bar above, the source's own head and the question box below leave of the window.
function fit(pane) {
  const source = document.querySelector(".st-key-source");
  if (!source) return;
  const head = pane.getBoundingClientRect().top - source.getBoundingClientRect().top;
  pane.style.maxHeight = `${Math.max(256, window.innerHeight - head - 68 - 112)}px`;
}

function reveal(pane) {
  fit(pane);
  const mark = pane.querySelector("mark.cited");
  const narrow = window.matchMedia("(max-width: 900px)").matches;
  if (mark) {
    const offset = mark.getBoundingClientRect().top - pane.getBoundingClientRect().top + pane.scrollTop;
    pane.scrollTop = Math.max(0, offset - pane.clientHeight / 3);
  } else {
    pane.scrollTop = 0;
  }
  // The list of sources, if it was opened from there, would lie over it.
  document.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape" }));
  if (narrow) (document.querySelector(".st-key-source") ?? pane).scrollIntoView({ block: "start" });
  pane.focus({ preventScroll: true });
}

export default function ({ data, parentElement, setTriggerValue }) {
  let pane = parentElement.querySelector(".document");
  if (!pane) {
    pane = make("div", "document");
    pane.tabIndex = 0;
    pane.setAttribute("role", "document");
    pane.addEventListener("keydown", (event) => {
      if (event.key === "Escape") setTriggerValue("closed", true);
    });
    parentElement.append(pane);
    window.addEventListener("resize", () => fit(pane));
  }
  pane.setAttribute("aria-label", data.title);
  const text = JSON.stringify(data.blocks);
  if (drawn.get(pane) !== text) {
    drawn.set(pane, text);
    draw(pane, data.blocks);
  }
  if (shown.get(pane) !== data.occasion) {
    shown.set(pane, data.occasion);
    requestAnimationFrame(() => requestAnimationFrame(() => reveal(pane)));
  }
}
