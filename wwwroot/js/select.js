// @ts-check
// Choosing snapshots in a chart. Pointer: click views, drag compares, double-click shows all. Keyboard: arrows move, Shift extends, Enter views or compares, Escape resets.
// Selecting is ours, since plotly's select mode needs markers and knows no click; plotly keeps its own hover.
import { indexAt, placeOf, showCursor } from './cursor.js';
import { changeWords, nameOf, pixelsOf, valueWords, whenWords } from './figure.js';
import { tellMoment } from './moment.js';

/** @typedef {import('./chart.js').State} State */

const doubleClick = 250;
const leastDrag = 5;

/** What a chart's times count from: those of a trace without wall time go with no other axis. @param {import('./chart.js').Series} series */
export const clockOf = series => (series.isRelative ? 'first event' : 'utc');

/** @param {State} state @param {string} method @param {unknown[]} args */
const tell = (state, method, args) => state.server?.invokeMethodAsync(method, ...args);

/** Two points as snapshots, earlier first. @param {State} state @param {number} a @param {number} b */
function compare(state, a, b) {
  const series = state.series;
  if (series && a !== b) tell(state, 'OnCompare', [series.numbers[Math.min(a, b)], series.numbers[Math.max(a, b)]]);
}

/** Draws the chosen stretch between two places, px from the left of the plotting area; nothing with null. @param {HTMLElement} el @param {number | null} a @param {number} b */
function showBrush(el, a, b) {
  const brush = /** @type {HTMLElement} */ (el.querySelector('.chart-brush'));
  const area = pixelsOf(el);
  if (a === null || !area) {
    brush.style.display = 'none';
    return;
  }
  const own = el.getBoundingClientRect();
  const [left, right] = [a, b].map(x => Math.min(Math.max(x, 0), area.width)).sort((p, q) => p - q);
  Object.assign(brush.style, { display: 'block', left: `${area.left - own.left + left}px`, width: `${right - left}px`, top: `${area.top - own.top}px`, height: `${area.height}px` });
}

/** Listens to pointer and keys over a chart. @param {HTMLElement} el @param {State} state @param {AbortSignal} signal */
export function listen(el, state, signal) {
  listenToPointer(el, state, signal);
  listenToKeys(el, state, signal);
}

/** @param {HTMLElement} el @param {State} state @param {AbortSignal} signal */
function listenToPointer(el, state, signal) {
  /** @type {{ x: number, id: number } | null} */
  let start = null;
  let click = 0;
  let clickedAt = -doubleClick;

  const inside = (/** @type {PointerEvent} */ event) => {
    const area = pixelsOf(el);
    return area && event.clientX >= area.left - 6 && event.clientX <= area.right + 6 && event.clientY >= area.top && event.clientY <= area.bottom ? area : null;
  };

  el.addEventListener('pointermove', event => {
    state.pointer = { x: event.clientX, y: event.clientY };
    const at = inside(event) ? indexAt(el, state.series, event.clientX) : null;
    if (state.series) tellMoment(el, clockOf(state.series), at === null ? null : state.series.unixMs[at]);
  }, { signal });
  el.addEventListener('pointerleave', () => {
    state.pointer = null;
    if (state.series) tellMoment(el, clockOf(state.series), null);
  }, { signal });

  el.addEventListener('pointerdown', event => {
    if (event.button !== 0 || !inside(event) || !state.server) return;
    start = { x: event.clientX, id: event.pointerId };
  }, { signal, capture: true });

  addEventListener('pointermove', event => {
    const area = start && event.pointerId === start.id ? pixelsOf(el) : null;
    if (start && area && Math.abs(event.clientX - start.x) >= leastDrag) showBrush(el, start.x - area.left, event.clientX - area.left);
  }, { signal });

  addEventListener('pointerup', event => {
    if (!start || event.pointerId !== start.id) return;
    const from = start.x;
    start = null;
    showBrush(el, null, 0);
    const [a, b] = [indexAt(el, state.series, from), indexAt(el, state.series, event.clientX)];
    if (a === null || b === null) return;
    if (Math.abs(event.clientX - from) >= leastDrag) {
      compare(state, a, b);
      return;
    }
    // Plotly lays a cover over the page while a button is down, so no dblclick event arrives here: two clicks within this time are one.
    clearTimeout(click);
    const isDouble = event.timeStamp - clickedAt < doubleClick;
    clickedAt = isDouble ? -doubleClick : event.timeStamp;
    if (isDouble) tell(state, 'OnWhole', []);
    else click = setTimeout(() => tell(state, 'OnView', [state.series?.numbers[b]]), doubleClick);
  }, { signal });
}

/** @param {HTMLElement} el @param {State} state @param {AbortSignal} signal */
function listenToKeys(el, state, signal) {
  const keys = el.querySelector('.chart-keys');
  if (!(keys instanceof HTMLElement)) return;
  keys.addEventListener('keydown', event => {
    const series = state.series;
    if (!series?.unixMs.length || event.ctrlKey || event.metaKey || event.altKey) return;
    if (press(state, event.key, event.shiftKey)) {
      event.preventDefault();
      event.stopPropagation();
      showChosen(el, state);
    }
  }, { signal });
  keys.addEventListener('blur', () => {
    state.cursor = null;
    showChosen(el, state);
  }, { signal });
}

/** What a key does; false where it does nothing here. @param {State} state @param {string} key @param {boolean} extends_ */
function press(state, key, extends_) {
  const series = /** @type {import('./chart.js').Series} */ (state.series);
  const last = series.unixMs.length - 1;
  const numbers = series.numbers;
  if (key === 'Enter') {
    if (!state.cursor) return false;
    const { number, anchor } = state.cursor;
    if (anchor !== null && anchor !== number) compare(state, numbers.indexOf(anchor), numbers.indexOf(number));
    else tell(state, 'OnView', [number]);
    return true;
  }
  if (key === 'Escape') {
    // The first one drops what was chosen here, the next one asks for all snapshots.
    if (state.cursor) state.cursor = null;
    else tell(state, 'OnWhole', []);
    return true;
  }
  const tenth = Math.max(1, Math.round(last / 10));
  const at = state.cursor ? Math.max(0, numbers.indexOf(state.cursor.number)) : null;
  const to = { ArrowLeft: at === null ? last : at - 1, ArrowRight: at === null ? last : at + 1, PageUp: (at ?? last) - tenth, PageDown: (at ?? last) + tenth, Home: 0, End: last }[key];
  if (to === undefined) return false;
  const anchor = extends_ ? state.cursor?.anchor ?? state.cursor?.number ?? null : null;
  state.cursor = { number: numbers[Math.min(Math.max(to, 0), last)], anchor };
  return true;
}

/** Draws what the keyboard chose, tells it to whoever listens, and to the page's other charts. @param {HTMLElement} el @param {State} state */
export function showChosen(el, state) {
  const series = state.series;
  const said = el.querySelector('.chart-said');
  if (!series) return;
  const index = state.cursor ? series.numbers.indexOf(state.cursor.number) : -1;
  const isStack = state.options.kind === 'stack';
  showCursor(el, series, isStack, index < 0 ? null : index);
  tellMoment(el, clockOf(series), index < 0 ? null : series.unixMs[index]);
  const anchor = state.cursor?.anchor === null || !state.cursor ? -1 : series.numbers.indexOf(/** @type {number} */ (state.cursor.anchor));
  const width = pixelsOf(el)?.width ?? 0;
  showBrush(el, index >= 0 && anchor >= 0 ? placeOf(series, anchor, width) : null, index >= 0 ? placeOf(series, index, width) : 0);
  if (!said) return;
  if (index < 0) said.textContent = '';
  else if (anchor >= 0 && anchor !== index) said.textContent = `${nameOf(series, Math.min(anchor, index))} to ${nameOf(series, Math.max(anchor, index))}, ${changeWords(series, Math.min(anchor, index), Math.max(anchor, index), isStack)}. Enter compares.`;
  else said.textContent = `${whenWords(series, index)}, ${valueWords(series, index, isStack)}`;
}
