// @ts-check
// The chart's numbers as a table, for those who cannot see it. Built when it is opened.

/** @typedef {import('./chart.js').Series} Series */

/** @type {WeakMap<Element, Series>} */
const kept = new WeakMap();

/** @param {Element | null} details @param {Series} series */
export function fillTable(details, series) {
  if (!(details instanceof HTMLDetailsElement)) return;
  if (!kept.has(details)) details.addEventListener('toggle', () => build(details));
  kept.set(details, series);
  if (details.open) build(details);
}

/** @param {HTMLDetailsElement} details */
function build(details) {
  const series = kept.get(details);
  const place = details.querySelector('div');
  if (!series || !place || !details.open) return;
  const table = document.createElement('table');
  const head = table.createTHead().insertRow();
  const inTrace = series.numberUnit === 'ms';
  for (const title of [inTrace ? 'ms' : 'Snapshot', series.isRelative ? 'Since the first event' : 'UTC', ...series.titles.map(t => (series.unit === 'count' ? t : `${t} MiB`))]) {
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
    for (const column of series.values) {
      const value = column[i];
      const cell = row.insertCell();
      cell.className = 'num';
      cell.textContent = typeof value === 'number' ? (series.unit === 'count' ? String(inTrace ? Math.round(value * 100) / 100 : value) : (value / 1048576).toFixed(2)) : '—';
    }
  });
  place.replaceChildren(table);
}
