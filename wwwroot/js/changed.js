// @ts-check
// A figure that live data changed fades once; one that changed because somebody asked for another view does not.

const figures = '.stat-value, .legend-table .num';
const shownFor = 1000;
const settles = 2000;

let address = location.href;
let askedAt = -settles;

/** @type {WeakMap<Element, number>} */
const shownAt = new WeakMap();

/** @param {HTMLElement} figure */
function show(figure) {
  const now = performance.now();
  // Once a second at most.
  if (now - (shownAt.get(figure) ?? -shownFor) < shownFor) return;
  shownAt.set(figure, now);
  figure.dataset.changed = String(Number(figure.dataset.changed ?? 0) + 1);
  figure.classList.add('changed');
  setTimeout(() => figure.classList.remove('changed'), shownFor);
}

new MutationObserver(records => {
  if (location.href !== address) {
    address = location.href;
    askedAt = performance.now();
  }
  if (performance.now() - askedAt < settles) return;
  for (const record of records) {
    const figure = record.target.parentElement?.closest(figures);
    if (figure instanceof HTMLElement) show(figure);
  }
}).observe(document.body, { characterData: true, subtree: true });
