// @ts-check
// From a series to plotly's traces and layout.
import { drawnHeaps, heapTraces, topOf } from './heap.js';
import { runTraces, runWords } from './run.js';

/** @typedef {import('./chart.js').Series} Series */
/** @typedef {import('./chart.js').Options} Options */
/** @typedef {import('./chart.js').HeapCourse} HeapCourse */
/** @typedef {import('./theme.js').Palette} Palette */

const mib = 1 << 20;

/** What one on the axis stands for: a MiB, or one where mappings are counted. @param {Series} series */
export const scaleOf = series => (series.unit === 'count' ? 1 : mib);

const margin = { l: 44, r: 14, t: 22, b: 4 };
const labels = 28;

/** What a point is called: a snapshot's number, or its time in a trace. @param {Series} series @param {number} index */
export const nameOf = (series, index) => (series.numberUnit === 'ms' ? new Date(series.unixMs[index]).toISOString().slice(11, 23) : `#${series.numbers[index]}`);

/** When a point was, for people. @param {Series} series @param {number} index */
export const whenWords = (series, index) => {
  const time = new Date(series.unixMs[index]).toISOString().slice(11, 21);
  return series.numberUnit === 'ms' ? `${time}${series.isRelative ? ' since the first event' : ' UTC'}` : `#${series.numbers[index]}, ${time} UTC`;
};

/** @param {Series} series @param {number} value in its unit */
const amount = (series, value) => (series.unit === 'count' ? value.toLocaleString('en', { maximumFractionDigits: series.numberUnit === 'ms' ? 1 : 0 }) : `${(value / mib).toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 })} MiB`);

/** What is there at a point: the total of a stack, the value of each line. @param {Series} series @param {number} index @param {boolean} isStack */
export const valueWords = (series, index, isStack) => (isStack || series.keys.length === 1
  ? amount(series, isStack ? totals(series)[index] : bytes(series.values[0][index]) ?? 0)
  : series.keys.map((_, k) => `${series.titles[k]} ${bytes(series.values[k][index]) === null ? '—' : amount(series, /** @type {number} */ (series.values[k][index]))}`).join(', '));

/** By how much it changed between two points, and how long that took. @param {Series} series @param {number} from @param {number} to @param {boolean} isStack */
export function changeWords(series, from, to, isStack) {
  const seconds = ((series.unixMs[to] - series.unixMs[from]) / 1000).toLocaleString('en', { maximumFractionDigits: 1 });
  if (!isStack && series.keys.length > 1) return `${seconds} s`;
  const of = (/** @type {number} */ i) => (isStack ? totals(series)[i] : bytes(series.values[0][i]) ?? 0);
  const change = of(to) - of(from);
  return `${seconds} s, ${change < 0 ? '\u2212' : '+'}${amount(series, Math.abs(change))}`;
}

/**
 * What is drawn: all, or all but the series that the reader took out. Then no line of growth, no change and no heap profile, which are of the total.
 * @param {import('./chart.js').State} state @returns {{ series: Series, heaps: HeapCourse[], options: Options }}
 */
export function visibleOf(state) {
  const series = /** @type {Series} */ (state.series);
  const kept = series.keys.map((_, k) => k).filter(k => !state.hidden.includes(series.keys[k]));
  if (kept.length === series.keys.length) return { series, heaps: state.heaps, options: state.options };
  const of = (/** @type {any[]} */ list) => kept.map(k => list[k]);
  return {
    series: { ...series, keys: of(series.keys), titles: of(series.titles), values: of(series.values), categories: series.categories?.length ? of(series.categories) : [], slots: kept },
    heaps: [], options: { ...state.options, bytesPerSecond: null, rate: undefined, change: undefined, marks: [], run: null },
  };
}

/** Plotly reads <b> and <a> in every text: names from captures are written so that it cannot. @param {string} text */
export const plain = text => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** @param {number | null | string} value */
const bytes = value => (typeof value === 'number' && Number.isFinite(value) ? value : null);

/** @param {Series} series @param {number | null | undefined} number @param {number} otherwise */
const indexOf = (series, number, otherwise) => {
  if (number === null || number === undefined) return otherwise;
  const at = series.numbers.indexOf(number);
  if (at >= 0) return at;
  // Decimation may have left it out: the nearest one that was kept stands for it.
  let best = otherwise;
  series.numbers.forEach((n, i) => { if (Math.abs(n - number) < Math.abs(series.numbers[best] - number)) best = i; });
  return best;
};

/** @param {Series} series @param {Options} options */
const windowOf = (series, options) => {
  const last = series.unixMs.length - 1;
  const [from, to] = [indexOf(series, options.from, 0), indexOf(series, options.to, last)];
  return { from, to, whole: from === 0 && to === last };
};

/** @param {Series} series */
const totals = series => series.unixMs.map((_, i) => series.values.reduce((sum, column) => sum + (bytes(column[i]) ?? 0), 0));

/** @param {Series} series @param {HeapCourse[]} heaps @param {Options} options @param {Palette} palette */
export function tracesOf(series, heaps, options, palette) {
  const x = series.unixMs;
  const stack = options.kind === 'stack';
  const scale = scaleOf(series);
  const traces = [];
  for (let k = series.keys.length - 1; k >= 0; k--) {
    const column = series.values[k].map(bytes);
    if (stack && !column.some(v => v)) continue;
    traces.push({
      x, y: column.map(v => (v === null ? (stack ? 0 : null) : v / scale)), type: 'scatter', mode: 'lines', name: plain(series.titles[k]),
      hovertemplate: scale !== 1 ? '%{y:,.2f} MiB' : series.numberUnit === 'ms' ? '%{y:,.1f}' : '%{y:,.0f}',
      ...(stack ? { stackgroup: 'all', fillcolor: palette.series[k], line: { width: 1, color: palette.surface } }
        : { connectgaps: false, line: { width: 1.75, color: palette.series[k] }, fill: 'tozeroy', fillcolor: palette.brush }),
    });
  }
  traces.push(...heapTraces(series, heaps, palette, plain));
  traces.push(...runTraces(options, palette, plain));
  traces.push(fitOf(series, options, palette));
  // Each snapshot has its tick; the parts of a trace's time are no moments that somebody chose.
  if (series.numberUnit !== 'ms') traces.push({
    x, y: x.map(() => 0.5), yaxis: 'y2', type: 'scatter', mode: 'markers', hoverinfo: 'skip',
    marker: { symbol: 'line-ns-open', size: 5, color: palette.tick, line: { width: 1, color: palette.tick } },
  });
  return traces.filter(t => t !== null);
}

/** The straight line of the window's growth. @param {Series} series @param {Options} options @param {Palette} palette */
function fitOf(series, options, palette) {
  const slope = options.bytesPerSecond;
  const { from, to } = windowOf(series, options);
  if (!slope || to - from < 2) return null;
  const ends = fitEnds(series, options);
  return { x: ends.map(e => e.x), y: ends.map(e => e.y), type: 'scatter', mode: 'lines', hoverinfo: 'skip', line: { width: 1.25, dash: 'dot', color: palette.text } };
}

/** The part of the window that the line is drawn over: what lies behind the warm-up. @param {Series} series @param {Options} options */
function fitOver(series, options) {
  const { from, to } = windowOf(series, options);
  const { fitFrom } = options;
  if (fitFrom === null || fitFrom === undefined) return { from, to };
  const first = series.unixMs.findIndex(ms => ms >= fitFrom - 1);
  return { from: first > from && to - first >= 2 ? first : from, to };
}

/** @param {Series} series @param {Options} options */
function fitEnds(series, options) {
  const { from, to } = fitOver(series, options);
  const all = totals(series);
  const n = to - from + 1;
  let [mx, my] = [0, 0];
  for (let i = from; i <= to; i++) [mx, my] = [mx + series.unixMs[i] / n, my + all[i] / n];
  const at = (/** @type {number} */ i) => ({ x: series.unixMs[i], y: (my + (options.bytesPerSecond ?? 0) * (series.unixMs[i] - mx) / 1000) / scaleOf(series) });
  return [at(from), at(to)];
}

/** The top of the axis over bytes or counts. @param {Series} series @param {HeapCourse[]} heaps */
const ceiling = (series, heaps) => topOf(series, heaps, Math.max(...totals(series), 1)) * 1.05;

/** @param {Series} series @param {HeapCourse[]} heaps @param {Options} options @param {Palette} palette @param {{ width: number, height: number }} size */
export function layoutOf(series, heaps, options, palette, size) {
  const x = series.unixMs;
  const plotHeight = Math.max(60, size.height - margin.t - margin.b);
  const floor = labels / plotHeight;
  const range = x.length > 1 ? [x[0], x[x.length - 1]] : [(x[0] ?? 0) - 1000, (x[0] ?? 0) + 1000];
  const font = { family: palette.sans, size: 11, color: palette.axis };
  return {
    uirevision: 'keep', showlegend: false, dragmode: false, hovermode: 'x unified', hoverdistance: -1, autosize: true, margin, font,
    paper_bgcolor: 'rgba(0,0,0,0)', plot_bgcolor: 'rgba(0,0,0,0)',
    hoverlabel: { bgcolor: palette.surface, bordercolor: palette.tick, font: { ...font, size: 11.5, color: palette.text } },
    xaxis: {
      type: 'date', range, fixedrange: true, anchor: 'y', showgrid: false, zeroline: false, ticks: 'outside', ticklen: 9, tickcolor: 'rgba(0,0,0,0)', nticks: Math.max(3, Math.floor(size.width / 110)),
      hoverformat: '%H:%M:%S.%L', showspikes: false, tickangle: 0,
      tickformatstops: [
        { dtickrange: [null, 1000], value: '%H:%M:%S.%L' }, { dtickrange: [1000, 60000], value: '%H:%M:%S' },
        { dtickrange: [60000, 86400000], value: '%H:%M' }, { dtickrange: [86400000, null], value: '%e %b' },
      ],
    },
    yaxis: { domain: [floor, 1], fixedrange: true, rangemode: 'tozero', showgrid: true, gridcolor: palette.grid, gridwidth: 1, zeroline: true, zerolinecolor: palette.tick, zerolinewidth: 1, nticks: 6, tickformat: ',~r', ...(drawnHeaps(series, heaps).length ? { range: [0, ceiling(series, heaps) / scaleOf(series)] } : { autorange: true }) },
    yaxis2: { domain: [Math.max(0, floor - 8 / plotHeight), Math.max(0.005, floor - 1 / plotHeight)], range: [0, 1], fixedrange: true, visible: false },
    shapes: [...windowShapes(series, options, palette, floor), ...markShapes(series, options, palette, floor)],
    annotations: [...names(series, heaps, options, palette, plotHeight * (1 - floor)), ...runWords(series, options, palette, size, plain), ...windowWords(series, options, palette), ...rateWords(series, heaps, options, palette, size, plotHeight * (1 - floor))],
  };
}

/** Fades what lies outside the window and draws its edges. @param {Series} series @param {Options} options @param {Palette} palette @param {number} floor */
function windowShapes(series, options, palette, floor) {
  const { from, to, whole } = windowOf(series, options);
  if (whole || series.unixMs.length < 2) return [];
  const x = series.unixMs;
  const rect = (/** @type {number} */ a, /** @type {number} */ b, /** @type {string} */ fillcolor, /** @type {string} */ layer) =>
    ({ type: 'rect', xref: 'x', yref: 'paper', x0: x[a], x1: x[b], y0: floor, y1: 1, line: { width: 0 }, fillcolor, layer });
  const edge = (/** @type {number} */ at) => ({ type: 'line', xref: 'x', yref: 'paper', x0: x[at], x1: x[at], y0: floor, y1: 1, line: { width: 1.25, color: palette.accent }, layer: 'above' });
  return [
    rect(from, to, palette.brush, 'below'),
    ...(from > 0 ? [rect(0, from, palette.fade, 'above'), edge(from)] : []),
    ...(to < x.length - 1 ? [rect(to, x.length - 1, palette.fade, 'above')] : []),
    edge(to),
  ];
}

/** Thin lines where growth changes; the list below the chart says how. @param {Series} series @param {Options} options @param {Palette} palette @param {number} floor */
const markShapes = (series, options, palette, floor) => (options.marks ?? []).filter(ms => series.unixMs.length > 1 && ms >= series.unixMs[0] && ms <= series.unixMs[series.unixMs.length - 1]).map(ms =>
  ({ type: 'line', xref: 'x', yref: 'paper', x0: ms, x1: ms, y0: floor, y1: 1, line: { width: 1, dash: 'dash', color: palette.text }, layer: 'above' }));

/** @param {Series} series @param {Options} options @param {Palette} palette */
function windowWords(series, options, palette) {
  const { from, to, whole } = windowOf(series, options);
  if (whole) return [];
  const base = { xref: 'x', yref: 'paper', y: 1, showarrow: false, yanchor: 'bottom', font: { color: palette.accent, size: 11.5, weight: 620 } };
  const words = [
    { ...base, x: series.unixMs[from], xanchor: from === 0 ? 'left' : 'right', text: nameOf(series, from) },
    { ...base, x: series.unixMs[to], xanchor: to === series.unixMs.length - 1 ? 'right' : 'left', text: nameOf(series, to) },
  ];
  if (options.change) words.push({ ...base, x: (series.unixMs[from] + series.unixMs[to]) / 2, xanchor: 'center', text: plain(options.change), font: { color: palette.grow, size: 11.5, weight: 620 } });
  return words;
}

/** The name of each area, written into it where it is high enough. @param {Series} series @param {HeapCourse[]} heaps @param {Options} options @param {Palette} palette @param {number} height of the plotting area in pixels */
function names(series, heaps, options, palette, height) {
  if (options.kind !== 'stack' || series.unixMs.length < 2) return [];
  const top = ceiling(series, heaps);
  const { from, to } = windowOf(series, options);
  const at = Math.round(from + (to - from) * 0.7);
  const words = [];
  let below = 0;
  for (let k = series.keys.length - 1; k >= 0; k--) {
    const value = bytes(series.values[k][at]) ?? 0;
    if ((value / top) * height >= 14) {
      words.push({ xref: 'x', yref: 'y', x: series.unixMs[at], y: (below + value / 2) / scaleOf(series), text: plain(series.titles[k]), showarrow: false, font: { size: 11.5, weight: 600, color: palette.on[k] } });
    }
    below += value;
  }
  return words;
}

/** The rate, written along its line. @param {Series} series @param {HeapCourse[]} heaps @param {Options} options @param {Palette} palette @param {{ width: number }} size @param {number} height */
function rateWords(series, heaps, options, palette, size, height) {
  const { from, to } = windowOf(series, options);
  if (!options.bytesPerSecond || !options.rate || to - from < 2) return [];
  const [a, b] = fitEnds(series, options);
  const top = ceiling(series, heaps) / scaleOf(series);
  const spanX = series.unixMs[series.unixMs.length - 1] - series.unixMs[0];
  const dx = ((b.x - a.x) / spanX) * (size.width - margin.l - margin.r);
  const dy = ((b.y - a.y) / top) * height;
  if (dx < 110) return [];
  return [{
    xref: 'x', yref: 'y', x: a.x + (b.x - a.x) * 0.28, y: a.y + (b.y - a.y) * 0.28, text: plain(options.rate), showarrow: false, yshift: 11, textangle: -Math.atan2(dy, dx) * 180 / Math.PI,
    font: { size: 11.5, weight: 620, color: palette.text },
  }];
}

/** Where the plotting area lies on the screen. @param {HTMLElement} el @returns {DOMRect | undefined} */
export const pixelsOf = el => el.querySelector('.xy .nsewdrag, .draglayer .xy > .nsewdrag')?.getBoundingClientRect() ?? el.querySelector('.nsewdrag')?.getBoundingClientRect();
