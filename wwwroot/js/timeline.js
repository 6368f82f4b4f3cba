// @ts-check
// The strip under a chart: arrow keys move among its marks, and whoever points at one or focuses it reads the whole of it. Marks are drawn and linked by the server.

/** @param {EventTarget | null} at @returns {SVGElement | null} */
const markOf = at => (at instanceof Element ? at.closest('.timeline .mark') : null);

/** Where a mark begins on the screen: its shape, not the room of its label. @param {Element} mark */
const leftOf = mark => (mark.querySelector('.bar, circle') ?? mark).getBoundingClientRect().left;

/** Tells a mark in words above its lane. Text only: what a note or a file is called never becomes markup. @param {SVGElement} mark */
function show(mark) {
  const strip = mark.closest('.timeline');
  const tip = strip?.querySelector('.timeline-tip');
  if (!strip || !(tip instanceof HTMLElement)) return;
  tip.textContent = mark.dataset.words ?? '';
  tip.classList.add('shown');
  const [own, shape] = [strip.getBoundingClientRect(), (mark.querySelector('.bar, circle') ?? mark).getBoundingClientRect()];
  tip.style.left = `${Math.max(0, Math.min(shape.left - own.left - 8, own.width - tip.offsetWidth))}px`;
  tip.style.top = `${shape.top - own.top - tip.offsetHeight - 6}px`;
}

const hide = (/** @type {SVGElement} */ mark) => mark.closest('.timeline')?.querySelector('.timeline-tip')?.classList.remove('shown');

for (const [begins, ends] of [['pointerover', 'pointerout'], ['focusin', 'focusout']]) {
  document.addEventListener(begins, event => {
    const mark = markOf(event.target);
    if (mark) show(mark);
  });
  document.addEventListener(ends, event => {
    const mark = markOf(event.target);
    if (mark && document.activeElement !== mark) hide(mark);
  });
}

/** The mark that a key leads to. @param {SVGElement} from @param {string} key @returns {Element | undefined} */
function next(from, key) {
  const lane = from.closest('.lane');
  const strip = from.closest('.timeline');
  if (!lane || !strip) return undefined;
  const marks = (/** @type {Element} */ of) => [...of.querySelectorAll('.mark')].sort((a, b) => leftOf(a) - leftOf(b));
  const row = marks(lane);
  const lanes = [...strip.querySelectorAll('.lane')];
  const beside = (/** @type {number} */ by) => {
    const other = lanes[lanes.indexOf(lane) + by];
    return other && marks(other).sort((a, b) => Math.abs(leftOf(a) - leftOf(from)) - Math.abs(leftOf(b) - leftOf(from)))[0];
  };
  switch (key) {
    case 'ArrowLeft': return row[row.indexOf(from) - 1];
    case 'ArrowRight': return row[row.indexOf(from) + 1];
    case 'ArrowUp': return beside(-1);
    case 'ArrowDown': return beside(1);
    case 'Home': return row[0];
    case 'End': return row[row.length - 1];
    default: return undefined;
  }
}

/** Leads to the element of the same page that shows a mark in full, where there is one. @param {SVGElement} mark */
function reach(mark) {
  const whole = mark.dataset.target ? document.getElementById(mark.dataset.target) : null;
  whole?.scrollIntoView({ block: 'center' });
  whole?.focus({ preventScroll: true });
  return whole !== null;
}

document.addEventListener('keydown', event => {
  const mark = markOf(event.target);
  if (!mark || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === 'Escape') hide(mark);
  if ((event.key === 'Enter' || event.key === ' ') && reach(mark)) event.preventDefault();
  const to = next(mark, event.key);
  if (!(to instanceof SVGElement)) return;
  event.preventDefault();
  mark.setAttribute('tabindex', '-1');
  to.setAttribute('tabindex', '0');
  to.focus();
});

// Before Blazor looks at the click: a note that stands on this page is not navigated to.
document.addEventListener('click', event => {
  const mark = markOf(event.target);
  if (mark && !event.ctrlKey && !event.metaKey && reach(mark)) event.preventDefault();
}, { capture: true });
