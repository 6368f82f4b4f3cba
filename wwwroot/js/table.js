// @ts-check
// The chart's numbers as a table, for those who cannot see it. Built when it is opened.

import { drawnHeaps, heapName, liveAt } from './heap.js';

/** @typedef {import('./chart.js').Series} Series */
/** @typedef {import('./chart.js').HeapCourse} HeapCourse */

/** @type {WeakMap<Element, { series: Series, heaps: HeapCourse[] }>} */
const kept = new WeakMap();

/** @param {Element | null} details @param {Series} series @param {HeapCourse[]} heaps whose live bytes are drawn over it */
export function fillTable(details, series, heaps) {
  if (!(details instanceof HTMLDetailsElement)) return;
  if (!kept.has(details)) details.addEventListener('toggle', () => build(details));
  kept.set(details, { series, heaps: drawnHeaps(series, heaps) });
  if (details.open) build(details);
}

/** @param {HTMLDetailsElement} details */
function build(details) {
  const data = kept.get(details);
  const place = details.querySelector('div');
  if (!data || !place || !details.open) return;
  const { series, heaps } = data;
  const table = document.createElement('table');
  const head = table.createTHead().insertRow();
  const inTrace = series.numberUnit === 'ms';
  for (const title of [inTrace ? 'ms' : 'Snapshot', series.isRelative ? 'Since the first event' : 'UTC', ...series.titles.map(t => (series.unit === 'count' ? t : `${t} MiB`)), ...heaps.map(h => `${heapName(h, heaps)}, live MiB`)]) {
    const cell = document.createElement('th');
    cell.scope = 'col';
    cell.textContent = title;
    head.append(cell);
  }
  const body = table.createTBody();
  series.unixMs.forEach((ms, i) => {
    const row = body.insertRow();
    row.insertCell().textContent = inTrace ? String(series.numbers[i]) : `#${series.numbers[i]}`;
    const time = new Date(ms).toISOString().replace('T', ' ').replace('Z', '');
    row.insertCell().textContent = series.isRelative ? time.slice(11) : time;
    for (const value of [...series.values.map(column => column[i]), ...heaps.map(h => liveAt(h, ms))]) {
      const cell = row.insertCell();
      cell.className = 'num';
      cell.textContent = typeof value === 'number' ? (series.unit === 'count' ? String(inTrace ? Math.round(value * 100) / 100 : value) : (value / 1048576).toFixed(2)) : '—';
    }
  });
  place.replaceChildren(table);
}
