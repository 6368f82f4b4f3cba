// @ts-check
// A line at one moment of a chart with what is there in words: the keyboard's place, or what another chart points at.
import { pixelsOf, valueWords, whenWords } from './figure.js';

/** @typedef {import('./chart.js').Series} Series */

/** Where a point lies on the screen, px from the left of the plotting area. @param {Series} series @param {number} index @param {number} width */
export function placeOf(series, index, width) {
  const [first, last] = [series.unixMs[0], series.unixMs[series.unixMs.length - 1]];
  return last > first ? ((series.unixMs[index] - first) / (last - first)) * width : width / 2;
}

/** The point nearest to a time. @param {Series} series @param {number} ms */
export function nearest(series, ms) {
  // Times ascend: halve until two are left.
  let [low, high] = [0, series.unixMs.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (series.unixMs[middle] <= ms) low = middle;
    else high = middle;
  }
  return ms - series.unixMs[low] <= series.unixMs[high] - ms ? low : high;
}

/** The point under a place on the screen, or null before anything is drawn. @param {HTMLElement} el @param {Series | null | undefined} series @param {number} clientX */
export function indexAt(el, series, clientX) {
  const area = pixelsOf(el);
  if (!area || !series?.unixMs.length) return null;
  const part = Math.min(Math.max((clientX - area.left) / (area.right - area.left), 0), 1);
  const [first, last] = [series.unixMs[0], series.unixMs[series.unixMs.length - 1]];
  return nearest(series, first + part * (last - first));
}

/** Shows the line at a point, or takes it away with null. @param {HTMLElement} el @param {Series} series @param {boolean} isStack @param {number | null} index */
export function showCursor(el, series, isStack, index) {
  const cursor = el.querySelector('.chart-cursor');
  const area = pixelsOf(el);
  if (!(cursor instanceof HTMLElement)) return;
  if (index === null || !area) {
    cursor.classList.remove('shown');
    delete cursor.dataset.at;
    return;
  }
  const own = el.getBoundingClientRect();
  const x = area.left - own.left + placeOf(series, index, area.width);
  Object.assign(cursor.style, { left: `${x}px`, top: `${area.top - own.top}px`, height: `${area.height}px` });
  cursor.dataset.at = String(series.unixMs[index]);
  const words = /** @type {HTMLElement} */ (cursor.firstElementChild);
  words.textContent = `${whenWords(series, index)}  ${valueWords(series, index, isStack)}`;
  words.classList.toggle('from-right', x > own.width / 2);
  cursor.classList.add('shown');
}
