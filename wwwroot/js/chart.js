// @ts-check
// The chart of a series over time: a stack or lines. It selects (select.js), shows the moment that other charts of the page point at (moment.js), obeys its legend (legend.js) and can be kept as a file (save.js).
// Data comes from the API (live pages) or with the options (frozen pages); plotly draws, colours come from CSS.
import { indexAt, nearest, showCursor } from './cursor.js';
import { layoutOf, tracesOf, visibleOf } from './figure.js';
import { drawnHeaps } from './heap.js';
import { followLegend, markLegend } from './legend.js';
import { join } from './moment.js';
import { saveChart } from './save.js';
import { clockOf, listen, showChosen } from './select.js';
import { fillTable } from './table.js';
import { colours, follow } from './theme.js';

/**
 * Mirrors SeriesWire.
 * @typedef {{ source: string, metric: string, keys: string[], titles: string[], numbers: number[], unixMs: number[], values: (number | null | string)[][], decimated: boolean, categories?: string[], slots?: number[], unit?: 'bytes' | 'count', missing?: string | null, numberUnit?: 'snapshot' | 'ms', isRelative?: boolean }} Series
 *
 * Mirrors HeapCourseWire, as far as it is drawn.
 * @typedef {{ heapProfileId: string, tool: string, fileName: string, times: string[], liveBytes: number[] }} HeapCourse
 *
 * Mirrors ChartOptions.
 * @typedef {{ kind: 'stack' | 'line', url?: string, series?: Series, heapUrl?: string | null, heaps?: HeapCourse[], colour?: string, titles?: Record<string, string>, from?: number | null, to?: number | null, change?: string,
 *   bytesPerSecond?: number | null, rate?: string, fitFrom?: number | null, marks?: number[], run?: { words: string, short: string, unixMs: number[], bytes: number[] } | null, hidden?: string[], title?: string, version?: number }} Options
 *
 * What the keyboard chose: a snapshot, and the one that the stretch began at.
 * @typedef {{ number: number, anchor: number | null }} Cursor
 *
 * @typedef {{ options: Options, series: Series | null, heaps: HeapCourse[], hidden: string[], server: any, busy: boolean, dirty: boolean, drawn: number, last: number, stop: (() => void)[], off: AbortController, pointer: { x: number, y: number } | null, cursor: Cursor | null }} State
 */

const config = { responsive: true, displaylogo: false, displayModeBar: false, doubleClick: false, scrollZoom: false, plotlyServerURL: '', modeBarButtonsToRemove: ['sendChartToCloud'] };
const halfSecond = 500;

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
  /** @type {State} */
  const state = { options, series: options.series ? named(options.series, options.titles) : null, heaps: options.heaps ?? [], hidden: options.hidden ?? [], server, busy: false, dirty: false, drawn: 0, last: 0, stop: [], off, pointer: null, cursor: null };
  states.set(el, state);
  state.stop.push(follow(() => draw(el)), join({ el, show: (clock, ms) => showMoment(el, clock, ms) }));
  listen(el, state, off.signal);
  followLegend(el, () => state.hidden, keys => hide(el, keys), off.signal);
  el.parentElement?.querySelector('.chart-tools')?.addEventListener('click', event => {
    const button = event.target instanceof Element ? event.target.closest('[data-save]') : null;
    if (button) save(el, button.getAttribute('data-save') === 'png' ? 'png' : 'svg');
  }, { signal: off.signal });
  await refresh(el);
}

/** New options: the data is fetched again only when its address or version changed. @param {HTMLElement} el @param {Options} options */
export async function update(el, options) {
  const state = states.get(el);
  if (!state) return;
  const stale = state.options.url !== options.url || state.options.heapUrl !== options.heapUrl || state.options.version !== options.version;
  state.options = options;
  state.hidden = options.hidden ?? [];
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
  for (const stop of state.stop) stop();
  /** @type {any} */ (globalThis).Plotly?.purge(el.querySelector('.chart-plot'));
}

/** The chart as a file. @param {HTMLElement} el @param {'svg' | 'png'} format @param {string} [name] of the file, without its ending */
export async function save(el, format, name) {
  const state = states.get(el);
  if (!state?.series) return;
  const title = state.options.title ?? 'Memory over time';
  try {
    await saveChart(await load(), el.querySelector('.chart-plot'), format, name ?? title.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, ''), title, colours(el, state.series, state.options.colour));
  } catch (error) {
    fail(el, error);
  }
}

/** Live bytes of heap profiles; none where they cannot be had: the chart stands without them. @param {string} url @param {AbortSignal} signal @returns {Promise<HeapCourse[]>} */
const fetchHeaps = (url, signal) => fetchJson(url, signal).then(answer => answer.items, () => []);

/** @param {string} url @param {AbortSignal} signal @returns {Promise<any>} */
async function fetchJson(url, signal) {
  const answer = await fetch(new URL(url, document.baseURI), { headers: { Accept: 'application/json' }, signal });
  if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
  return answer.json();
}

/** @param {Series} series @param {Record<string, string>} [titles] @returns {Series} */
const named = (series, titles = {}) => ({ ...series, titles: series.keys.map((key, i) => (Object.hasOwn(titles, key) ? titles[key] : series.titles[i])) });

/** Takes series out of the chart at once, and tells the page, which keeps them in its address. @param {HTMLElement} el @param {string[]} keys */
function hide(el, keys) {
  const state = states.get(el);
  if (!state) return;
  state.hidden = keys;
  draw(el);
  state.server?.invokeMethodAsync('OnHide', keys);
}

/** Shows what another chart of the page points at. @param {HTMLElement} el @param {string} clock @param {number | null} ms */
function showMoment(el, clock, ms) {
  const state = states.get(el);
  const series = state?.series;
  if (!state || !series?.unixMs.length || clock !== clockOf(series)) return;
  const isOver = ms !== null && ms >= series.unixMs[0] && ms <= series.unixMs[series.unixMs.length - 1];
  showCursor(el, series, state.options.kind === 'stack', isOver ? nearest(series, ms) : null);
}

/** @param {HTMLElement} el */
async function draw(el) {
  const Plotly = await load();
  const state = states.get(el);
  if (!state?.series) return;
  const { series, heaps, options } = visibleOf(state);
  const plot = /** @type {HTMLElement} */ (el.querySelector('.chart-plot'));
  const palette = colours(el, series, options.colour);
  const size = { width: el.clientWidth, height: el.clientHeight };
  await Plotly.react(plot, tracesOf(series, heaps, options, palette), layoutOf(series, heaps, options, palette, size), config);
  el.querySelector('.chart-note')?.replaceChildren();
  fillTable(el.parentElement?.querySelector('.chart-data') ?? null, state.series, state.heaps);
  markLegend(el, state.hidden);
  state.drawn += 1;
  keepHover(el, state);
  if (state.cursor) showChosen(el, state);
  el.dataset.ready = 'true';
  el.dataset.ticks = String(state.drawn);
  el.dataset.points = String(series.unixMs.length);
  el.dataset.series = String(series.keys.length);
  el.dataset.heaps = String(drawnHeaps(series, heaps).length);
}

/** Drawing drops what plotly shows under the pointer; a reader who is looking at it keeps it while the chart follows. @param {HTMLElement} el @param {State} state */
function keepHover(el, state) {
  if (!state.pointer || indexAt(el, state.series, state.pointer.x) === null) return;
  const { x, y } = state.pointer;
  el.querySelector('.nsewdrag')?.dispatchEvent(new MouseEvent('mousemove', { clientX: x, clientY: y, bubbles: true }));
}

/** @param {HTMLElement} el @param {unknown} error */
function fail(el, error) {
  const note = el.querySelector('.chart-note');
  if (note) note.textContent = `The chart could not be loaded: ${error instanceof Error ? error.message : error}.`;
  el.dataset.ready = 'failed';
}
