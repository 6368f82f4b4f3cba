// @ts-check
// Live bytes of heap profiles over a chart of memory: dashed lines, one a profiler.

/** @typedef {import('./chart.js').Series} Series */
/** @typedef {import('./chart.js').HeapCourse} HeapCourse */
/** @typedef {import('./theme.js').Palette} Palette */

const mib = 1 << 20;
const mostLines = 4;

/** A profiler may call more live than is in RAM; more than twice of that goes out of the picture, or RSS would be a line at its bottom. */
const mostOverTotal = 2;

/** The courses that are drawn: the newest few that have a moment on this chart's axis. @param {Series} series @param {HeapCourse[]} heaps */
export const drawnHeaps = (series, heaps) => (series.unit === 'count' || series.isRelative || series.unixMs.length < 2 ? [] : heaps.filter(h => h.times.length > 0).slice(0, mostLines));

/** What a course is called: its tool, and its file where a tool has several. @param {HeapCourse} heap @param {HeapCourse[]} heaps */
export const heapName = (heap, heaps) => (heap.fileName && heaps.some(h => h !== heap && h.tool === heap.tool) ? `${heap.tool}, ${heap.fileName}` : heap.tool);

/** @type {WeakMap<HeapCourse, number[]>} */
const timesOf = new WeakMap();

/** Live bytes at a time: those of the profiler's latest moment before it; null outside of its course. @param {HeapCourse} heap @param {number} ms */
export function liveAt(heap, ms) {
  const times = timesOf.get(heap) ?? heap.times.map(t => Date.parse(t));
  timesOf.set(heap, times);
  // Snapshots are told to the millisecond, a profiler's moments finer.
  if (ms < times[0] - 1 || ms > times[times.length - 1] + 1) return null;
  let [low, high] = [0, times.length];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (times[middle] <= ms + 1) low = middle;
    else high = middle;
  }
  return heap.liveBytes[low];
}

/** The height that the axis needs: that of the stack, and of the lines as far as they are shown. @param {Series} series @param {HeapCourse[]} heaps @param {number} total greatest total, bytes */
export const topOf = (series, heaps, total) => {
  let top = total;
  for (const heap of drawnHeaps(series, heaps)) for (const live of heap.liveBytes) top = Math.max(top, Math.min(live, total * mostOverTotal));
  return top;
};

/** Plotly's traces: each line on a halo, so that it is seen over any area. @param {Series} series @param {HeapCourse[]} heaps @param {Palette} palette @param {(text: string) => string} plain */
export const heapTraces = (series, heaps, palette, plain) => drawnHeaps(series, heaps).flatMap((heap, i, drawn) => {
  const single = heap.times.length === 1;
  const dash = ['dash', 'dashdot', 'longdash', 'longdashdot'][i];
  const line = { x: heap.times.map(t => Date.parse(t)), y: heap.liveBytes.map(b => b / mib), type: 'scatter', connectgaps: true };
  return [
    { ...line, mode: 'lines', hoverinfo: 'skip', line: { width: 3.5, color: palette.surface }, opacity: 0.75 },
    {
      ...line, mode: single ? 'markers' : 'lines', name: plain(`${heapName(heap, drawn)}, live`), hovertemplate: '%{y:,.2f} MiB',
      line: { width: 1.5, dash, color: palette.heap }, marker: { symbol: 'diamond', size: 9, color: palette.heap, line: { width: 1.5, color: palette.surface } },
    },
  ];
});
