// @ts-check
// Another run over a chart of memory, beginning with it: a dashed line with its words.

/** @typedef {import('./chart.js').Series} Series */
/** @typedef {import('./chart.js').Options} Options */
/** @typedef {import('./theme.js').Palette} Palette */

const mib = 1 << 20;
const narrow = 620;

/** Plotly's traces: the line stands on a halo, so that it is seen over any area. @param {Options} options @param {Palette} palette @param {(text: string) => string} plain */
export function runTraces(options, palette, plain) {
  const { run } = options;
  if (!run || run.unixMs.length < 2) return [];
  const line = { x: run.unixMs, y: run.bytes.map(b => b / mib), type: 'scatter' };
  const last = { x: line.x.slice(-1), y: line.y.slice(-1), type: 'scatter' };
  return [
    { ...line, mode: 'lines', hoverinfo: 'skip', line: { width: 4, color: palette.text }, opacity: 0.3 },
    { ...line, mode: 'lines', name: plain(run.short.split(':')[0]), hovertemplate: '%{y:,.2f} MiB', line: { width: 1.75, dash: '5px,3px', color: palette.surface } },
    { ...last, mode: 'markers', hoverinfo: 'skip', marker: { size: 6.5, color: palette.surface, line: { width: 1, color: palette.text } } },
  ];
}

/** Its words, behind its last point or before it. @param {Series} series @param {Options} options @param {Palette} palette @param {{ width: number }} size @param {(text: string) => string} plain */
export function runWords(series, options, palette, size, plain) {
  const { run } = options;
  if (!run || run.unixMs.length < 2 || series.unixMs.length < 2) return [];
  const [first, last] = [series.unixMs[0], series.unixMs[series.unixMs.length - 1]];
  const [x, y] = [run.unixMs[run.unixMs.length - 1], run.bytes[run.bytes.length - 1]];
  const behind = (x - first) / (last - first) < 0.55;
  const at = series.unixMs.findLastIndex(ms => ms <= x);
  const total = series.values.reduce((sum, column) => sum + (Number(column[at]) || 0), 0);
  const key = series.keys.findIndex((_, k) => series.values[k].some(v => Number(v) > 0));
  return [{
    xref: 'x', yref: 'y', x, y: y / mib, text: plain(size.width < narrow ? run.short : run.words), showarrow: false, xanchor: behind ? 'left' : 'right', yanchor: behind ? 'middle' : 'bottom', xshift: behind ? 8 : 0,
    font: { size: 11.5, weight: 620, color: total >= y && key >= 0 ? palette.on[key] : palette.text },
  }];
}
