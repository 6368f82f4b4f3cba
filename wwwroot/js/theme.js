// @ts-check
// Colours of the current theme, read from CSS: charts never hold a hex value.

/** @typedef {{ series: string[], on: string[], text: string, axis: string, grid: string, surface: string, accent: string, fade: string, brush: string, tick: string, grow: string, heap: string, sans: string }} Palette */

/** @param {HTMLElement} probe @param {string} property */
const resolve = (probe, property) => {
  probe.style.color = `var(${property})`;
  return getComputedStyle(probe).color;
};

/** Colours of an element's theme; one per key. Keys that are no category take the colour of `fallback`. @param {HTMLElement} el @param {string[]} keys @param {string} [fallback] @returns {Palette} */
export function colours(el, keys, fallback) {
  const probe = document.createElement('span');
  el.append(probe);
  const of = (/** @type {string} */ key, /** @type {string} */ property) => {
    probe.className = `c-${/^[a-z-]+$/.test(key) ? key : fallback ?? 'total'}`;
    return resolve(probe, property);
  };
  const series = keys.map(k => of(fallback && k !== 'total' ? fallback : k, '--c'));
  const on = keys.map(k => of(fallback && k !== 'total' ? fallback : k, '--on-c'));
  const palette = {
    series, on,
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
