// @ts-check
// The chart of a series over time: a stack of categories or one line. It selects: click views a snapshot, drag compares two, double-click shows all.
// Data comes from the API (live pages) or with the options (frozen pages); plotly draws, colours come from CSS.
import { colours, follow } from './theme.js';
import { layoutOf, tracesOf, pixelsOf } from './figure.js';
import { drawnHeaps } from './heap.js';
import { fillTable } from './table.js';

/**
 * Mirrors SeriesWire.
 * @typedef {{ source: string, metric: string, keys: string[], titles: string[], numbers: number[], unixMs: number[], values: (number | null | string)[][], decimated: boolean, unit?: 'bytes' | 'count', missing?: string | null, numberUnit?: 'snapshot' | 'ms', isRelative?: boolean }} Series
 *
 * Mirrors HeapCourseWire, as far as it is drawn.
 * @typedef {{ heapProfileId: string, tool: string, fileName: string, times: string[], liveBytes: number[] }} HeapCourse
 *
 * Mirrors SeriesChart.Options.
 * @typedef {{ kind: 'stack' | 'line', url?: string, series?: Series, heapUrl?: string | null, heaps?: HeapCourse[], colour?: string, titles?: Record<string, string>, from?: number | null, to?: number | null, change?: string,
 *   bytesPerSecond?: number | null, rate?: string, fitFrom?: number | null, marks?: number[], run?: { words: string, short: string, unixMs: number[], bytes: number[] } | null, version?: number }} Options
 *
 * @typedef {{ options: Options, series: Series | null, heaps: HeapCourse[], server: any, busy: boolean, dirty: boolean, drawn: number, last: number, unfollow: () => void, off: AbortController, pointer: { x: number, y: number } | null }} State
 */

const config = { responsive: true, displaylogo: false, displayModeBar: false, doubleClick: false, scrollZoom: false, plotlyServerURL: '', modeBarButtonsToRemove: ['sendChartToCloud'] };
const halfSecond = 500;
const doubleClick = 250;

/** @type {WeakMap<HTMLElement, State>} */
const states = new WeakMap();

/** @type {Promise<any> | undefined} */
let plotly;

/** Loads the classic script once, on first use. @returns {Promise<any>} */
const load = () => plotly ??= new Promise((resolve, reject) => {
  const script = document.createElement('script');
  script.src = new URL('lib/plotly-basic.min.js', document.baseURI).href;
  script.onload = () => resolve(/** @type {any} */ (globalThis).Plotly);
  script.onerror = () => { plotly = undefined; reject(new Error('the chart library did not load')); };
  document.head.append(script);
});

/** Draws a chart into an element. @param {HTMLElement} el @param {Options} options @param {any} server DotNetObjectReference, or null on a static page. */
export async function create(el, options, server) {
  const off = new AbortController();
  const state = { options, series: options.series ? named(options.series, options.titles) : null, heaps: options.heaps ?? [], server, busy: false, dirty: false, drawn: 0, last: 0, unfollow: () => {}, off, pointer: null };
  states.set(el, state);
  state.unfollow = follow(() => draw(el));
  listen(el, off.signal);
  await refresh(el);
}

/** New options: the data is fetched again only when its address or version changed. @param {HTMLElement} el @param {Options} options */
export async function update(el, options) {
  const state = states.get(el);
  if (!state) return;
  const stale = state.options.url !== options.url || state.options.heapUrl !== options.heapUrl || state.options.version !== options.version;
  state.options = options;
  if (stale) await refresh(el);
  else await draw(el);
}

/** Fetches and draws again, twice a second at most; asked while busy it runs once more afterwards. @param {HTMLElement} el */
export async function refresh(el) {
  const state = states.get(el);
  if (!state) return;
  if (state.busy) {
    state.dirty = true;
    return;
  }
  state.busy = true;
  try {
    const wait = state.last + halfSecond - performance.now();
    if (wait > 0 && state.drawn > 0) await new Promise(r => setTimeout(r, wait));
    state.last = performance.now();
    const { url, heapUrl, titles } = state.options;
    if (url) {
      const [series, heaps] = await Promise.all([fetchJson(url, state.off.signal), heapUrl ? fetchHeaps(heapUrl, state.off.signal) : []]);
      state.series = named(series, titles);
      state.heaps = heaps;
    }
    await draw(el);
  } catch (error) {
    if (!state.off.signal.aborted) fail(el, error);
  } finally {
    state.busy = false;
    if (state.dirty) {
      state.dirty = false;
      refresh(el);
    }
  }
}

/** Removes the chart and everything that listens for it. @param {HTMLElement} el */
export function dispose(el) {
  const state = states.get(el);
  if (!state) return;
  states.delete(el);
  state.off.abort();
  state.unfollow();
  /** @type {any} */ (globalThis).Plotly?.purge(el.querySelector('.chart-plot'));
}

/** The chart as a file. @param {HTMLElement} el @param {string} name */
export const save = async (el, name) => (await load()).downloadImage(el.querySelector('.chart-plot'), { format: 'svg', filename: name, width: el.clientWidth, height: el.clientHeight });

/** Live bytes of heap profiles; none where they cannot be had: the chart stands without them. @param {string} url @param {AbortSignal} signal @returns {Promise<HeapCourse[]>} */
const fetchHeaps = (url, signal) => fetchJson(url, signal).then(answer => answer.items, () => []);

/** @param {string} url @param {AbortSignal} signal @returns {Promise<any>} */
async function fetchJson(url, signal) {
  const answer = await fetch(new URL(url, document.baseURI), { headers: { Accept: 'application/json' }, signal });
  if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
  return answer.json();
}

/** @param {Series} series @param {Record<string, string>} [titles] @returns {Series} */
const named = (series, titles = {}) => ({ ...series, titles: series.keys.map((key, i) => titles[key] ?? series.titles[i]) });

/** @param {HTMLElement} el */
async function draw(el) {
  const Plotly = await load();
  const state = states.get(el);
  if (!state?.series) return;
  const { series, heaps, options } = state;
  const plot = /** @type {HTMLElement} */ (el.querySelector('.chart-plot'));
  const palette = colours(el, series.keys, options.colour);
  const size = { width: el.clientWidth, height: el.clientHeight };
  await Plotly.react(plot, tracesOf(series, heaps, options, palette), layoutOf(series, heaps, options, palette, size), config);
  el.querySelector('.chart-note')?.replaceChildren();
  fillTable(el.parentElement?.querySelector('.chart-data') ?? null, series);
  state.drawn += 1;
  keepHover(el, state);
  el.dataset.ready = 'true';
  el.dataset.ticks = String(state.drawn);
  el.dataset.points = String(series.unixMs.length);
  el.dataset.heaps = String(drawnHeaps(series, heaps).length);
}

/** Drawing drops what plotly shows under the pointer; a reader who is looking at it keeps it while the chart follows. @param {HTMLElement} el @param {State} state */
function keepHover(el, state) {
  if (!state.pointer) return;
  const { x, y } = state.pointer;
  el.querySelector('.nsewdrag')?.dispatchEvent(new MouseEvent('mousemove', { clientX: x, clientY: y, bubbles: true }));
}

/** @param {HTMLElement} el @param {unknown} error */
function fail(el, error) {
  const note = el.querySelector('.chart-note');
  if (note) note.textContent = `The chart could not be loaded: ${error instanceof Error ? error.message : error}.`;
  el.dataset.ready = 'failed';
}

/**
 * Pointer handling over the plotting area. Plotly keeps its own hover; selecting is ours, since its select mode needs markers and knows no click.
 * @param {HTMLElement} el @param {AbortSignal} signal
 */
function listen(el, signal) {
  const brush = /** @type {HTMLElement} */ (el.querySelector('.chart-brush'));
  /** @type {{ x: number, id: number } | null} */
  let start = null;
  let click = 0;
  let clickedAt = -doubleClick;

  /** @param {PointerEvent} event */
  const inside = event => {
    const area = pixelsOf(el);
    return area && event.clientX >= area.left - 6 && event.clientX <= area.right + 6 && event.clientY >= area.top && event.clientY <= area.bottom ? area : null;
  };

  const remember = (/** @type {{ x: number, y: number } | null} */ at) => {
    const state = states.get(el);
    if (state) state.pointer = at;
  };
  el.addEventListener('pointermove', event => remember({ x: event.clientX, y: event.clientY }), { signal });
  el.addEventListener('pointerleave', () => remember(null), { signal });

  el.addEventListener('pointerdown', event => {
    if (event.button !== 0 || !inside(event) || !states.get(el)?.server) return;
    start = { x: event.clientX, id: event.pointerId };
  }, { signal, capture: true });

  addEventListener('pointermove', event => {
    const area = start && event.pointerId === start.id ? pixelsOf(el) : null;
    if (!start || !area || Math.abs(event.clientX - start.x) < 5) return;
    const own = el.getBoundingClientRect();
    const [a, b] = [start.x, event.clientX].map(x => Math.min(Math.max(x, area.left), area.right)).sort((p, q) => p - q);
    Object.assign(brush.style, { display: 'block', left: `${a - own.left}px`, width: `${b - a}px`, top: `${area.top - own.top}px`, height: `${area.bottom - area.top}px` });
  }, { signal });

  addEventListener('pointerup', event => {
    if (!start || event.pointerId !== start.id) return;
    const from = start.x;
    start = null;
    brush.style.display = 'none';
    const [a, b] = [numberAt(el, from), numberAt(el, event.clientX)];
    if (a === null || b === null) return;
    if (Math.abs(event.clientX - from) >= 5) {
      if (a !== b) tell(el, 'OnCompare', Math.min(a.index, b.index) === a.index ? [a.number, b.number] : [b.number, a.number]);
      return;
    }
    // Plotly lays a cover over the page while a button is down, so no dblclick event arrives here: two clicks within this time are one.
    clearTimeout(click);
    const isDouble = event.timeStamp - clickedAt < doubleClick;
    clickedAt = isDouble ? -doubleClick : event.timeStamp;
    if (isDouble) tell(el, 'OnWhole', []);
    else click = setTimeout(() => tell(el, 'OnView', [b.number]), doubleClick);
  }, { signal });
}

/** @param {HTMLElement} el @param {string} method @param {unknown[]} args */
const tell = (el, method, args) => states.get(el)?.server?.invokeMethodAsync(method, ...args);

/** The snapshot nearest to a place on the screen. @param {HTMLElement} el @param {number} clientX @returns {{ index: number, number: number } | null} */
function numberAt(el, clientX) {
  const area = pixelsOf(el);
  const series = states.get(el)?.series;
  if (!area || !series?.unixMs.length) return null;
  const part = Math.min(Math.max((clientX - area.left) / (area.right - area.left), 0), 1);
  const [first, last] = [series.unixMs[0], series.unixMs[series.unixMs.length - 1]];
  const at = first + part * (last - first);
  let index = 0;
  for (let i = 1; i < series.unixMs.length; i++) if (Math.abs(series.unixMs[i] - at) < Math.abs(series.unixMs[index] - at)) index = i;
  return { index, number: series.numbers[index] };
}
