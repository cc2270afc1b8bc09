// Brings what is new to the top of the page, once: a person reads an answer from its beginning. Without a target, the
// page itself. Streamlit keeps a chat at its end while parts still arrive, so this insists for a moment, unless the
// person moves. What is new is also said, by a status region that stands there before its words do.
const seen = new Set();

function region() {
  let found = document.getElementById("heard");
  if (!found) {
    found = document.createElement("div");
    found.id = "heard";
    found.className = "unseen";
    found.setAttribute("role", "status");
    document.body.append(found);
  }
  return found;
}

export default function ({ data }) {
  const status = region();
  if (seen.has(data.occasion)) return;
  seen.add(data.occasion);
  status.textContent = "";
  if (data.heard) setTimeout(() => (status.textContent = data.heard), 300);
  let moved = false;
  const stop = () => (moved = true);
  for (const name of ["wheel", "touchmove", "keydown", "pointerdown"]) {
    window.addEventListener(name, stop, { once: true, passive: true });
  }
  const show = () => {
    // Streamlit draws a button that has a tip twice, and shows one of the two.
    const target = data.target && [...document.querySelectorAll(data.target)].find((node) => node.checkVisibility());
    const scroller = document.querySelector(".stMain");
    if (moved || !scroller || (data.target && !target)) return;
    const bar = document.querySelector(".st-key-topbar")?.getBoundingClientRect().height ?? 0;
    if (data.focus) target.focus();
    else scroller.scrollTop = target ? scroller.scrollTop + target.getBoundingClientRect().top - bar - 8 : 0;
  };
  for (const delay of [0, 100, 250, 500, 800]) setTimeout(show, delay);
}
