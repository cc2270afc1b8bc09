// Draws an answer: text as text, each citation a small button that opens its source. Never sets HTML.
const drawn = new WeakMap();

function make(tag, className, text) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text) node.textContent = text;
  return node;
}

// Ranges and percentages stay on one line; the text itself is not touched.
function words(run) {
  const node = make("span", run.kind);
  for (const part of run.text.split(/(\d[\d.,]*(?:[-–]\d[\d.,]*)?\s?%?)/)) {
    node.append(/^\d/.test(part) ? make("span", "figure", part) : part);
  }
  return node;
}

async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = make("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
}

export default function ({ data, parentElement, setTriggerValue }) {
  let root = parentElement.querySelector(".answer");
  const state = JSON.stringify(data);
  if (root && drawn.get(parentElement) === state) return;
  drawn.set(parentElement, state);
  if (!root) {
    root = make("div", "answer");
    parentElement.append(root);
  }
  root.replaceChildren();
  root.classList.toggle("quoting", data.lines.some((line) => line.runs.some((run) => run.kind === "quote")));
  let list = null;
  for (const line of data.lines) {
    let block;
    if (line.item) {
      if (!list) {
        list = make("ul");
        root.append(list);
      }
      block = make("li");
      list.append(block);
    } else {
      list = null;
      block = make("p");
      root.append(block);
    }
    for (const run of line.runs) {
      if (run.kind !== "mark") {
        block.append(words(run));
        continue;
      }
      const chip = make("button", "chip", run.text);
      const place = data.places[run.text];
      chip.type = "button";
      chip.title = place;
      chip.setAttribute("aria-label", `Open source ${run.text}: ${place}`);
      chip.setAttribute("aria-pressed", String(data.current === Number(run.text)));
      chip.addEventListener("click", () => setTriggerValue("opened", Number(run.text)));
      block.append("\u2060", chip);
    }
  }
  if (data.copy) {
    const button = make("button", "copy", "Copy with citations");
    button.type = "button";
    button.addEventListener("click", async () => {
      button.textContent = (await copied(data.copy)) ? "Copied" : "Could not copy";
      setTimeout(() => (button.textContent = "Copy with citations"), 2000);
    });
    root.append(button);
  }
  if (data.current && window.matchMedia("(min-width: 901px)").matches) {
    const bring = () => root.querySelector('.chip[aria-pressed="true"]')?.scrollIntoView({ block: "center" });
    setTimeout(bring, 120);
  }
  if (data.focus) {
    const chips = [...root.querySelectorAll(".chip")];
    chips.find((chip) => chip.textContent === String(data.focus))?.focus({ preventScroll: true });
  }
}
