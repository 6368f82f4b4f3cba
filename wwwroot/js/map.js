// @ts-check
// The map of the address space: all mappings of one snapshot, a slider over the snapshots, one selection with the list of regions.
// Columns come from the API; the server's page is told of each new state and puts it into the address.
import { colours, follow } from './theme.js';
import { addressAt, layoutOf, placeAt, within, zoomed } from './map-layout.js';
import { draw, drawCourse } from './map-draw.js';
import { fillLegend, fillRows, linesOf } from './map-words.js';

/**
 * @typedef {import('./map-layout.js').Span} Span
 * @typedef {import('./theme.js').Palette & { mono: string }} Palette
 *
 * Mirrors MapState of RegionMap.razor.cs.
 * @typedef {{ at: number | null, span: string | null, scale: string | null, selected: string | null }} State
 *
 * Mirrors MapOptions.
 * @typedef {{ url: string, seriesUrl: string, regionUrl: string, placeholder: string, titles: Record<string, string>, state: State, mostSelected: number, version: number }} Options
 *
 * One snapshot: MapWire with its addresses as numbers.
 * @typedef {{ number: number, takenAt: string, count: number, start: Float64Array, end: Float64Array, starts: string[], ends: string[], rss: number[] | null, regions: string[], categories: string[], category: number[],
 *   names: string[], name: number[], permissions: string[], perms: number[], before: Map<number, [number, number]>, beforeNumber: number | null }} Space
 *
 * @typedef {{ el: HTMLElement, options: Options, server: any, off: AbortController, unfollow: () => void, state: State, told: string, telling: number, timer: any, numbers: number[], times: number[], course: number[],
 *   space: Space | null, kept: Map<number, Space>, wanted: number | null, fetching: AbortController | null, layout: import('./map-layout.js').Layout | null, palette: Palette | null, width: number, current: number, currentRegion: string | null,
 *   selected: Set<string>, brush: { from: number, to: number } | null, height: number, steps: number, frame: number }} View
 */

const pause = 300;
const overtakenAfter = 120;
const keptMappings = 200_000;

/** @type {WeakMap<HTMLElement, View>} */
const views = new WeakMap();

/** @param {HTMLElement} el @param {string} selector @returns {any} */
const part = (el, selector) => el.querySelector(selector);

/** @param {HTMLElement} el @param {Options} options @param {any} server DotNetObjectReference */
export async function create(el, options, server) {
  /** @type {View} */
  const view = {
    el, options, server, off: new AbortController(), unfollow: () => {}, state: options.state, told: keyOf(options.state), telling: 0, timer: 0, numbers: [], times: [], course: [], space: null, kept: new Map(), wanted: null, fetching: null,
    layout: null, palette: null, width: 0, current: -1, currentRegion: null, selected: selectedOf(options.state), brush: null, height: 0, steps: 0, frame: 0,
  };
  views.set(el, view);
  view.unfollow = follow(() => { view.palette = null; paint(view); });
  listen(view);
  const sizes = new ResizeObserver(() => { if (part(el, '.space-plot').clientWidth !== view.width) { view.height = 0; arrange(view); } });
  sizes.observe(el);
  view.off.signal.addEventListener('abort', () => sizes.disconnect());
  await load(view);
}

/** @param {HTMLElement} el @param {Options} options */
export async function update(el, options) {
  const view = views.get(el);
  if (!view) return;
  const stale = view.options.version !== options.version || view.options.url !== options.url;
  view.options = options;
  // What this page said itself comes back from the server; while something newer is on its way, nothing that comes back counts.
  if (!view.telling && !view.timer && keyOf(options.state) !== keyOf(view.state)) {
    view.state = options.state;
    view.told = keyOf(options.state);
    view.selected = selectedOf(options.state);
    view.height = 0;
    if (!stale) {
      arrange(view);
      want(view, numberOf(view));
    }
  }
  if (stale) {
    view.kept.clear();
    await load(view);
  }
}

/** @param {HTMLElement} el */
export function dispose(el) {
  const view = views.get(el);
  if (!view) return;
  views.delete(el);
  clearTimeout(view.timer);
  view.off.abort();
  view.fetching?.abort();
  view.unfollow();
}

/** @param {State} state */
const keyOf = state => JSON.stringify([state.at, state.span, state.scale, state.selected]);

/** @param {State} state */
const selectedOf = state => new Set((state.selected ?? '').split(',').filter(id => id.length > 0));

/** @param {View} view @returns {Span | null} */
function spanOf(view) {
  const [from, to] = (view.state.span ?? '').split('-').map(text => parseInt(text, 16));
  return from >= 0 && to > from ? { from, to } : null;
}

/** @param {View} view */
const scaleOf = view => (view.state.scale === 'linear' ? 'linear' : 'log');

/** The snapshot that the state asks for: without one the window's last. @param {View} view */
const numberOf = view => view.state.at ?? -1;

/** @param {string} url @param {AbortSignal} signal */
async function fetchJson(url, signal) {
  const answer = await fetch(new URL(url, document.baseURI), { headers: { Accept: 'application/json' }, signal });
  if (answer.ok) return answer.json();
  const problem = await answer.json().catch(() => null);
  throw new Error(typeof problem?.detail === 'string' ? problem.detail : `The server answered ${answer.status}.`);
}

/** The snapshots, then the map. @param {View} view */
async function load(view) {
  try {
    const series = await fetchJson(view.options.seriesUrl, view.off.signal);
    view.numbers = series.numbers;
    view.times = series.unixMs;
    view.course = (series.values[0] ?? []).map((/** @type {unknown} */ v) => (typeof v === 'number' ? v : 0));
    const slider = part(view.el, '.space-slider');
    slider.max = String(Math.max(0, view.numbers.length - 1));
    want(view, numberOf(view));
  } catch (error) {
    if (!view.off.signal.aborted) fail(view, error);
  }
}

/** Asks for a snapshot; one that was asked for before and is still on its way is given up when it takes long. @param {View} view @param {number} number -1 for the window's last */
function want(view, number) {
  view.wanted = number;
  slide(view);
  const known = view.kept.get(number);
  if (known) {
    view.fetching?.abort();
    show(view, known);
    return;
  }
  if (!view.fetching) fetchWanted(view);
  else {
    const { fetching } = view;
    setTimeout(() => { if (view.fetching === fetching && view.wanted !== null) fetching.abort(); }, overtakenAfter);
  }
}

/** @param {View} view */
async function fetchWanted(view) {
  while (view.wanted !== null && !view.off.signal.aborted) {
    const number = view.wanted;
    const fetching = view.fetching = new AbortController();
    try {
      const url = new URL(view.options.url, document.baseURI);
      if (number >= 0) url.searchParams.set('at', String(number));
      const space = read(await fetchJson(url.href, fetching.signal));
      keep(view, number, space);
      if (view.wanted === number) view.wanted = null;
      show(view, space);
    } catch (error) {
      if (fetching.signal.aborted) continue;
      if (view.wanted === number) view.wanted = null;
      if (view.wanted === null) fail(view, error);
    } finally {
      if (view.fetching === fetching) view.fetching = null;
    }
  }
}

/** @param {View} view @param {number} number @param {Space} space */
function keep(view, number, space) {
  view.kept.set(number, space);
  let mappings = 0;
  for (const known of view.kept.values()) mappings += known.count;
  for (const [old, known] of view.kept) {
    if (mappings <= keptMappings || old === number) break;
    view.kept.delete(old);
    mappings -= known.count;
  }
}

/** @param {any} wire MapWire @returns {Space} */
function read(wire) {
  const count = wire.starts.length;
  const [start, end] = [new Float64Array(count), new Float64Array(count)];
  for (let i = 0; i < count; i++) {
    start[i] = parseInt(wire.starts[i], 16);
    end[i] = parseInt(wire.ends[i], 16);
  }
  /** @type {Map<number, [number, number]>} */ const before = new Map();
  wire.before?.rows.forEach((/** @type {number} */ row, /** @type {number} */ k) => before.set(row, [parseInt(wire.before.starts[k], 16), parseInt(wire.before.ends[k], 16)]));
  return {
    number: wire.number, takenAt: wire.takenAt, count, start, end, starts: wire.starts, ends: wire.ends, rss: wire.rssBytes, regions: wire.regions, categories: wire.categories, category: wire.category,
    names: wire.names, name: wire.name, permissions: wire.permissions, perms: wire.perms, before, beforeNumber: wire.before?.number ?? null,
  };
}

/** @param {View} view @param {Space} space */
function show(view, space) {
  view.space = space;
  view.palette = null;
  view.current = view.currentRegion === null ? -1 : space.regions.indexOf(view.currentRegion);
  part(view.el, '.space-note').replaceChildren();
  fillLegend(part(view.el, '.space-legend'), space, view.options.titles);
  arrange(view);
  slide(view);
  view.el.dataset.ready = 'true';
  view.el.dataset.number = String(space.number);
  view.el.dataset.mappings = String(space.count);
  view.el.dataset.steps = String(++view.steps);
}

/** @param {View} view @param {unknown} error */
function fail(view, error) {
  part(view.el, '.space-note').textContent = `The map could not be loaded: ${error instanceof Error ? error.message : error}`;
  view.el.dataset.ready = 'failed';
}

/** Lays the mappings out anew and draws. @param {View} view */
function arrange(view) {
  if (!view.space) return;
  view.width = part(view.el, '.space-plot').clientWidth;
  view.layout = layoutOf(view.space, spanOf(view), scaleOf(view), Math.max(40, view.width - 2));
  view.height = Math.max(view.height, view.layout.height);
  const span = spanOf(view);
  for (const button of view.el.querySelectorAll('[data-scale]')) button.setAttribute('aria-pressed', String(/** @type {HTMLElement} */ (button).dataset.scale === scaleOf(view)));
  part(view.el, '.space-span').textContent = span ? `${view.layout.index.length.toLocaleString('en-US')} of ${view.space.count.toLocaleString('en-US')} mappings, ${(view.state.span ?? '').replace('-', '–')}` : `${view.space.count.toLocaleString('en-US')} mappings`;
  part(view.el, '[data-zoom="all"]').disabled = !span;
  table(view);
  paint(view);
}

/** Draws before the next frame, once. @param {View} view */
function paint(view) {
  if (view.frame) return;
  view.frame = requestAnimationFrame(() => {
    view.frame = 0;
    const { space, layout } = view;
    if (!space || !layout || !views.has(view.el)) return;
    view.palette ??= { ...colours(view.el, /** @type {any} */ ({ keys: space.categories })), mono: getComputedStyle(part(view.el, '.space-current')).fontFamily };
    draw(part(view.el, '.space-canvas'), space, layout, { current: view.current, selected: view.selected, brush: view.brush }, view.palette, view.width, view.height);
    drawCourse(part(view.el, '.space-course'), view.course, placeOf(view), view.palette, part(view.el, '.space-course').clientWidth, 36);
    describe(view);
    view.el.dataset.drawn = view.el.dataset.steps;
  });
}

/** What has the focus, in words: read out, and seen under the map. @param {View} view */
function describe(view) {
  const { space, current } = view;
  const words = part(view.el, '.space-current');
  const open = part(view.el, '.space-open');
  if (!space || current < 0 || current >= space.count) {
    words.textContent = 'Arrows or the pointer choose a mapping.';
    words.setAttribute('aria-selected', 'false');
    open.hidden = true;
    return;
  }
  const text = linesOf(space, current, view.options.titles).join(' · ');
  if (words.textContent !== text) words.textContent = text;
  words.setAttribute('aria-selected', String(view.selected.has(space.regions[current])));
  words.setAttribute('aria-posinset', String(current + 1));
  words.setAttribute('aria-setsize', String(space.count));
  open.hidden = false;
  open.href = hrefOf(view, space.regions[current]);
}

/** @param {View} view @param {string} region */
const hrefOf = (view, region) => view.options.regionUrl.replace(view.options.placeholder, region);

/** @param {View} view */
function table(view) {
  const details = part(view.el, '.space-table');
  if (!details.open || !view.space || !view.layout) return;
  const { first, last } = within(view.space, spanOf(view));
  fillRows(details.querySelector('div'), view.space, first, last, view.options.titles, region => hrefOf(view, region));
}

/** Place of the snapshot that is asked for or shown, among those of the slider. @param {View} view */
function placeOf(view) {
  const number = view.wanted !== null && view.wanted >= 0 ? view.wanted : view.state.at ?? view.space?.number ?? -1;
  const at = view.numbers.indexOf(number);
  if (at >= 0 || number < 0) return at < 0 ? view.numbers.length - 1 : at;
  let best = 0;
  view.numbers.forEach((n, i) => { if (Math.abs(n - number) < Math.abs(view.numbers[best] - number)) best = i; });
  return best;
}

/** @param {View} view */
function slide(view) {
  const at = placeOf(view);
  if (at < 0) return;
  const slider = part(view.el, '.space-slider');
  slider.value = String(at);
  const time = new Date(view.times[at]).toISOString();
  const words = `#${view.numbers[at]}, ${time.slice(11, 19)} UTC`;
  slider.setAttribute('aria-valuetext', words);
  part(view.el, '.space-when').textContent = words;
  paint(view);
}

/** A new state: drawn at once, told to the page when it has settled. @param {View} view @param {Partial<State>} change @param {boolean} pushes whether Back leads to the state before */
function change(view, change, pushes) {
  view.state = { ...view.state, ...change };
  if ('selected' in change) view.selected = selectedOf(view.state);
  if ('span' in change || 'scale' in change) {
    view.height = 0;
    arrange(view);
  } else paint(view);
  clearTimeout(view.timer);
  view.timer = setTimeout(() => tell(view, pushes), pushes ? 0 : pause);
}

/** @param {View} view @param {boolean} pushes */
async function tell(view, pushes) {
  view.timer = 0;
  const key = keyOf(view.state);
  if (key === view.told) return;
  view.told = key;
  view.telling++;
  try {
    await view.server?.invokeMethodAsync('OnState', view.state, pushes);
  } finally {
    view.telling--;
  }
}

/** @param {View} view @param {number} to place among the snapshots */
function step(view, to) {
  const at = Math.min(view.numbers.length - 1, Math.max(0, to));
  if (at < 0) return;
  change(view, { at: view.numbers[at] }, false);
  want(view, view.numbers[at]);
}

/** @param {View} view @param {Span | null} span */
const spanText = span => (span ? `${span.from.toString(16)}-${span.to.toString(16)}` : null);

/** @param {View} view @param {number} by */
function zoom(view, by) {
  const { space, layout } = view;
  if (!space || !layout || layout.index.length === 0) return;
  const around = view.current >= 0 ? view.current : layout.index[layout.index.length >> 1];
  change(view, { span: spanText(zoomed(space, spanOf(view), scaleOf(view), around, by)) }, true);
}

/** @param {View} view @param {number} to index of a mapping */
function focus(view, to) {
  const { space, layout } = view;
  if (!space || !layout || layout.index.length === 0) return;
  view.current = Math.min(layout.index[layout.index.length - 1], Math.max(layout.index[0], to));
  view.currentRegion = space.regions[view.current];
  paint(view);
}

/** @param {View} view @param {boolean} adds */
function select(view, adds) {
  const region = view.space?.regions[view.current];
  if (!region) return;
  const chosen = new Set(adds ? view.selected : []);
  if (view.selected.has(region) && (adds || view.selected.size === 1)) chosen.delete(region);
  else if (chosen.size < view.options.mostSelected) chosen.add(region);
  change(view, { selected: chosen.size > 0 ? [...chosen].join(',') : null }, true);
}

/** The nearest mapping one line above or below. @param {View} view @param {number} by */
function line(view, by) {
  const { layout } = view;
  if (!layout || layout.index.length === 0) return;
  const place = Math.max(0, view.current - layout.first);
  const to = layout.line[place] + by;
  if (to < 0 || to >= layout.lines) return;
  focus(view, layout.index[placeAt(layout, layout.x[place] + layout.w[place] / 2, to * layout.pitch + 1)]);
}

/** @param {View} view */
function listen(view) {
  const { el, off: { signal } } = view;
  const plot = /** @type {HTMLElement} */ (part(el, '.space-plot'));
  const tip = /** @type {HTMLElement} */ (part(el, '.space-tip'));
  const slider = /** @type {HTMLInputElement} */ (part(el, '.space-slider'));

  slider.addEventListener('input', () => step(view, Number(slider.value)), { signal });
  part(el, '.space-table').addEventListener('toggle', () => table(view), { signal });
  el.addEventListener('click', event => {
    const button = event.target instanceof Element ? event.target.closest('button') : null;
    if (!(button instanceof HTMLElement)) return;
    if (button.dataset.scale) change(view, { scale: button.dataset.scale === 'linear' ? 'linear' : null }, true);
    if (button.dataset.zoom === 'in') zoom(view, 0.5);
    if (button.dataset.zoom === 'out') zoom(view, 2);
    if (button.dataset.zoom === 'all') change(view, { span: null }, true);
    if (button.dataset.step) step(view, placeOf(view) + Number(button.dataset.step));
  }, { signal });

  plot.addEventListener('keydown', event => {
    if (event.ctrlKey || event.metaKey || event.altKey || !view.space) return;
    const shown = view.layout?.index ?? [];
    const from = view.current;
    switch (event.key) {
      case 'ArrowRight': focus(view, from < 0 ? shown[0] : from + 1); break;
      case 'ArrowLeft': focus(view, from < 0 ? shown[0] : from - 1); break;
      case 'ArrowDown': line(view, 1); break;
      case 'ArrowUp': line(view, -1); break;
      case 'Home': focus(view, shown[0]); break;
      case 'End': focus(view, shown[shown.length - 1]); break;
      case 'PageDown': step(view, placeOf(view) + 1); break;
      case 'PageUp': step(view, placeOf(view) - 1); break;
      case ' ': select(view, true); break;
      case 'Enter': if (view.current >= 0) part(el, '.space-open').click(); break;
      case '+': case '=': zoom(view, 0.5); break;
      case '-': zoom(view, 2); break;
      case 'Escape': if (view.state.span) change(view, { span: null }, true); else if (view.selected.size > 0) change(view, { selected: null }, true); break;
      default: return;
    }
    event.preventDefault();
  }, { signal });

  // The page's keys for the snapshot before and behind move the map's, not the window's end.
  addEventListener('keydown', event => {
    const target = event.target instanceof HTMLElement ? event.target : null;
    if ((event.key !== '[' && event.key !== ']') || event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]')) return;
    if (target && (target.isContentEditable || /^(TEXTAREA|SELECT)$/.test(target.tagName) || (target instanceof HTMLInputElement && target !== slider))) return;
    event.preventDefault();
    step(view, placeOf(view) + (event.key === ']' ? 1 : -1));
  }, { signal, capture: true });

  /** @param {PointerEvent | MouseEvent} event */
  const at = event => {
    const area = plot.getBoundingClientRect();
    return { x: event.clientX - area.left, y: event.clientY - area.top, place: view.layout ? placeAt(view.layout, event.clientX - area.left, event.clientY - area.top) : -1 };
  };
  /** @type {{ x: number, y: number, place: number, id: number, moved: boolean } | null} */ let down = null;
  plot.addEventListener('pointerdown', event => {
    if (event.button === 0 && view.layout) down = { ...at(event), id: event.pointerId, moved: false };
  }, { signal });
  addEventListener('pointermove', event => {
    if (!down || event.pointerId !== down.id || !view.layout) return;
    const now = at(event);
    if (Math.abs(now.x - down.x) < 6 && Math.abs(now.y - down.y) < 12 && !down.moved) return;
    down.moved = true;
    tip.hidden = true;
    view.brush = { from: Math.min(down.place, now.place), to: Math.max(down.place, now.place) };
    paint(view);
  }, { signal });
  addEventListener('pointerup', event => {
    if (!down || event.pointerId !== down.id) return;
    const from = down;
    down = null;
    const { space, layout } = view;
    if (!space || !layout || from.place < 0) return;
    const to = at(event);
    view.brush = null;
    if (!from.moved) {
      focus(view, layout.index[from.place]);
      select(view, event.shiftKey || event.ctrlKey || event.metaKey);
      return;
    }
    const [a, b] = [from.place, to.place].sort((p, q) => p - q).map(p => layout.index[p]);
    const ends = layout.islands ? [addressAt(layout, from.x), addressAt(layout, to.x)].sort((p, q) => p - q) : [space.start[a], space.end[b]];
    change(view, { span: ends[1] > ends[0] ? spanText({ from: ends[0], to: ends[1] }) : view.state.span }, true);
  }, { signal });
  addEventListener('pointercancel', () => { down = null; view.brush = null; paint(view); }, { signal });

  plot.addEventListener('pointermove', event => {
    if (down?.moved || !view.space || !view.layout || event.pointerType === 'touch') return;
    const { x, y, place } = at(event);
    if (place < 0) return;
    tip.replaceChildren(...linesOf(view.space, view.layout.index[place], view.options.titles).map(text => {
      const row = document.createElement('div');
      row.textContent = text;
      return row;
    }));
    tip.hidden = false;
    tip.style.left = `${Math.max(0, Math.min(x + 12, view.width - tip.offsetWidth - 4))}px`;
    tip.style.top = `${y + 18}px`;
  }, { signal });
  plot.addEventListener('pointerleave', () => { tip.hidden = true; }, { signal });
}
