// @ts-check
// Colours of the current theme, read from CSS: charts never hold a hex value.

/** @typedef {{ series: string[], on: string[], text: string, axis: string, grid: string, surface: string, accent: string, fade: string, brush: string, tick: string, grow: string, heap: string, sans: string }} Palette */

/** @param {HTMLElement} probe @param {string} property */
const resolve = (probe, property) => {
  probe.style.color = `var(${property})`;
  return getComputedStyle(probe).color;
};

/** `color-mix` computes to `color(srgb r g b)`, which plotly does not read. @param {string} css */
const plainly = css => {
  const parts = /^color\(srgb ([\d.]+) ([\d.]+) ([\d.]+)/.exec(css);
  return parts ? `rgb(${parts.slice(1, 4).map(p => Math.round(Number(p) * 255)).join(', ')})` : css;
};

/**
 * Colours of an element's theme; one per key. Keys that are no category take the colour of `fallback`, or, where the series tells their categories, a tint of that by their place.
 * @param {HTMLElement} el @param {import('./chart.js').Series} series @param {string} [fallback] @returns {Palette}
 */
export function colours(el, series, fallback) {
  const probe = document.createElement('span');
  el.append(probe);
  const { keys, categories, slots } = series;
  const of = (/** @type {string} */ key, /** @type {number} */ k, /** @type {string} */ property) => {
    const isPart = Boolean(categories?.length) && key !== 'other';
    const slug = isPart ? categories?.[k] ?? '' : fallback && key !== 'total' ? fallback : key;
    probe.className = `c-${/^[a-z-]+$/.test(slug) ? slug : fallback ?? 'total'}${isPart ? ` part part-${(slots?.[k] ?? k) % 8}` : ''}`;
    return plainly(resolve(probe, isPart ? `${property}-part` : property));
  };
  const colour = keys.map((key, k) => of(key, k, '--c'));
  const on = keys.map((key, k) => of(key, k, '--on-c'));
  const palette = {
    series: colour, on,
    text: resolve(probe, '--text'), axis: resolve(probe, '--text3'), grid: resolve(probe, '--grid'), surface: resolve(probe, '--surface'), accent: resolve(probe, '--accent'),
    fade: resolve(probe, '--fade'), brush: resolve(probe, '--brush-bg'), tick: resolve(probe, '--line2'), grow: resolve(probe, '--grow'), heap: resolve(probe, '--heap-line'),
    sans: getComputedStyle(document.body).fontFamily,
  };
  probe.remove();
  return palette;
}

/** Calls back after each change of the theme. @param {() => void} changed @returns {() => void} stops it */
export function follow(changed) {
  document.addEventListener('themechange', changed);
  return () => document.removeEventListener('themechange', changed);
}
