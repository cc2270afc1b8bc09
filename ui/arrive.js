// Brings what is new to the top of the page, once: a person reads an answer from its beginning.
// Streamlit keeps a chat at its end while parts still arrive, so this insists for a moment, unless the person moves.
const seen = new Set();

export default function ({ data }) {
  if (seen.has(data.occasion)) return;
  seen.add(data.occasion);
  let moved = false;
  const stop = () => (moved = true);
  for (const name of ["wheel", "touchmove", "keydown", "pointerdown"]) {
    window.addEventListener(name, stop, { once: true, passive: true });
  }
  const show = () => {
    const target = document.querySelector(data.target);
    const scroller = target?.closest(".stMain");
    if (moved || !scroller) return;
    const bar = document.querySelector(".st-key-topbar")?.getBoundingClientRect().height ?? 0;
    scroller.scrollTop += target.getBoundingClientRect().top - bar - 8;
  };
  for (const delay of [0, 100, 250, 500, 800]) setTimeout(show, delay);
}
