// @ts-check
// The table beside a chart is its legend: the swatch of a row, or Ctrl and a click on its name, takes the series out of the chart and puts it back; a double click on a swatch brings all back.

/** @param {EventTarget | null} at @param {string} selector */
const nearest = (at, selector) => (at instanceof Element ? at.closest(selector) : null);

/** The table that belongs to a chart, or null. @param {HTMLElement} el */
const legendOf = el => el.closest('.chart-with-legend')?.querySelector('[data-legend]') ?? null;

/**
 * Follows the legend of a chart.
 * @param {HTMLElement} el @param {() => string[]} hidden keys that are out of the chart @param {(keys: string[]) => void} set @param {AbortSignal} signal
 */
export function followLegend(el, hidden, set, signal) {
  // The table may be replaced by another one; what holds both stays.
  const legend = el.closest('.chart-with-legend');
  if (!legend) return;
  const toggle = (/** @type {string} */ key) => set(hidden().includes(key) ? hidden().filter(k => k !== key) : [...hidden(), key]);
  // Before Blazor and the browser follow the link.
  legend.addEventListener('click', event => {
    const at = /** @type {MouseEvent} */ (event);
    const key = /** @type {HTMLElement | null} */ (nearest(at.target, '[data-legend] [data-series]'))?.dataset.series;
    if (nearest(at.target, '[data-series-all]')) set([]);
    else if (key === undefined) return;
    else if (nearest(at.target, 'button')) toggle(key);
    else if (nearest(at.target, 'a') && (at.ctrlKey || at.metaKey)) {
      at.preventDefault();
      at.stopPropagation();
      toggle(key);
    }
  }, { signal, capture: true });
  legend.addEventListener('dblclick', event => {
    if (nearest(event.target, '[data-series] button')) set([]);
  }, { signal });
}

/** Marks the rows that are out of the chart. @param {HTMLElement} el @param {string[]} hidden */
export function markLegend(el, hidden) {
  const legend = legendOf(el);
  for (const row of legend?.querySelectorAll('tr[data-series]') ?? []) {
    const isOff = hidden.includes(/** @type {HTMLElement} */ (row).dataset.series ?? '');
    row.classList.toggle('off', isOff);
    row.querySelector('button')?.setAttribute('aria-pressed', String(!isOff));
  }
  legend?.querySelector('[data-series-all]')?.toggleAttribute('hidden', hidden.length === 0);
}
