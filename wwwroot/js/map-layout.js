// @ts-check
// Where mappings lie on the map: pure geometry in CSS pixels, no drawing. Two layouts: compressed (wide gaps cut, widths by the logarithm of the size, rows as in a text) and to scale.

/**
 * @typedef {{ from: number, to: number }} Span A part of the address space; doubles hold every address of whole pages exactly.
 *
 * A row per mapping of the snapshot, in address order.
 * @typedef {{ count: number, start: Float64Array, end: Float64Array }} Extents
 *
 * @typedef {{ first: number, index: Int32Array, low: Float64Array, high: Float64Array, x: Float32Array, w: Float32Array, line: Int32Array, lines: number, lineStart: number[], pitch: number, height: number, bar: number, cuts: { x: number, line: number }[], heads: number[], islands: { from: number, to: number, x: number, w: number }[] | null }} Layout
 *   by place: the mapping, what of its addresses is shown, its left edge, width and line; the first place of each line; places that begin an island; to scale, the islands themselves.
 */

const page = 4096;
const mostLines = 14;
const cutWidth = 18;
const cutGap = 64 * 2 ** 20;
const leastWidth = 5;
const widthPerDoubling = 13;

/** The mappings that a span touches. @param {Extents} extents @param {Span | null} span @returns {{ first: number, last: number }} */
export function within(extents, span) {
  if (!span) return { first: 0, last: extents.count - 1 };
  let first = 0;
  while (first < extents.count && extents.end[first] <= span.from) first++;
  let last = extents.count - 1;
  while (last >= first && extents.start[last] >= span.to) last--;
  return { first, last };
}

/** @param {Extents} extents @param {Span | null} span @param {'log' | 'linear'} scale @param {number} width @returns {Layout} */
export const layoutOf = (extents, span, scale, width) => (scale === 'linear' ? toScale(extents, span, width) : compressed(extents, span, width));

/** @param {number} count @param {number} first */
const places = (count, first) => ({ first, index: new Int32Array(count), low: new Float64Array(count), high: new Float64Array(count), x: new Float32Array(count), w: new Float32Array(count), line: new Int32Array(count) });

/** Lines are high while there are few of them: then there is room for words below. @param {number} lines */
function heights(lines) {
  const bar = lines <= 2 ? 56 : lines <= 5 ? 40 : lines <= 9 ? 28 : 22;
  return { bar, pitch: bar + (lines <= 5 ? 22 : 8) };
}

/** @param {Extents} extents @param {Span | null} span @param {number} width @returns {Layout} */
function compressed(extents, span, width) {
  const { first, last } = within(extents, span);
  const count = Math.max(0, last - first + 1);
  const own = new Float64Array(count);
  let sum = 0;
  let cutCount = 0;
  for (let i = 0; i < count; i++) {
    const size = Math.max(page, extents.end[first + i] - extents.start[first + i]);
    own[i] = leastWidth + widthPerDoubling * Math.log2(size / page);
    sum += own[i];
    if (i > 0 && extents.start[first + i] - extents.end[first + i - 1] > cutGap) cutCount++;
  }
  // Few mappings fill one line; very many are made narrower until they fit.
  const room = width - cutCount * cutWidth;
  const factor = sum <= 0 ? 1 : sum + cutCount * cutWidth < width ? Math.min(4, room / sum) : Math.min(1, (mostLines - 0.5) * width / (sum + cutCount * cutWidth));
  const cut = factor < 1 ? cutWidth * factor : cutWidth;
  const laid = places(count, first);
  /** @type {Layout['cuts']} */ const cuts = [];
  const heads = [];
  const lineStart = [0];
  let x = 0;
  let line = 0;
  for (let i = 0; i < count; i++) {
    const w = Math.min(width, own[i] * factor);
    const island = i === 0 || extents.start[first + i] - extents.end[first + i - 1] > cutGap;
    if (island && i > 0) {
      cuts.push({ x: x + cut / 2, line });
      x += cut;
    }
    if (x + w > width + 0.5 && x > 0) {
      line++;
      x = 0;
      lineStart.push(i);
    }
    if (island || x === 0) heads.push(i);
    laid.index[i] = first + i;
    laid.low[i] = extents.start[first + i];
    laid.high[i] = extents.end[first + i];
    laid.x[i] = x;
    laid.w[i] = w;
    laid.line[i] = line;
    x += w;
  }
  const lines = line + 1;
  const { bar, pitch } = heights(lines);
  return { ...laid, lines, lineStart, pitch, bar, height: lines * pitch, cuts, heads, islands: null };
}

/** @param {Extents} extents @param {Span | null} span @param {number} width @returns {Layout} */
function toScale(extents, span, width) {
  const { first, last } = within(extents, span);
  const count = Math.max(0, last - first + 1);
  const low = (/** @type {number} */ i) => Math.max(extents.start[i], span?.from ?? 0);
  const high = (/** @type {number} */ i) => Math.min(extents.end[i], span?.to ?? Infinity);
  let mapped = 0;
  for (let i = first; i <= last; i++) mapped += high(i) - low(i);
  const gap = mapped / 50;
  /** @type {{ from: number, to: number, x: number, w: number }[]} */ const islands = [];
  for (let i = first; i <= last; i++) {
    const island = islands[islands.length - 1];
    if (island && low(i) - island.to <= gap) island.to = Math.max(island.to, high(i));
    else islands.push({ from: low(i), to: high(i), x: 0, w: 0 });
  }
  const cut = islands.length > 1 ? Math.min(cutWidth, width * 0.3 / (islands.length - 1)) : 0;
  const bytes = islands.reduce((sum, i) => sum + i.to - i.from, 0);
  const perByte = bytes > 0 ? (width - cut * (islands.length - 1)) / bytes : 0;
  /** @type {Layout['cuts']} */ const cuts = [];
  let x = 0;
  for (const island of islands) {
    if (x > 0) {
      cuts.push({ x: x + cut / 2, line: 0 });
      x += cut;
    }
    island.x = x;
    island.w = (island.to - island.from) * perByte;
    x += island.w;
  }
  const laid = places(count, first);
  const heads = [];
  let at = 0;
  for (let i = 0; i < count; i++) {
    while (at < islands.length - 1 && low(first + i) >= islands[at].to) at++;
    const island = islands[at];
    if (i === 0 || low(first + i) === island.from) heads.push(i);
    laid.index[i] = first + i;
    laid.low[i] = low(first + i);
    laid.high[i] = high(first + i);
    laid.x[i] = island.x + (low(first + i) - island.from) * perByte;
    laid.w[i] = (high(first + i) - low(first + i)) * perByte;
  }
  return { ...laid, lines: 1, lineStart: [0], pitch: 142, bar: 120, height: 142, cuts, heads, islands };
}

/** The place that a point hits; the nearest on its line where none does; -1 where there is none at all. @param {Layout} layout @param {number} x @param {number} y */
export function placeAt(layout, x, y) {
  if (layout.index.length === 0) return -1;
  const line = Math.min(layout.lines - 1, Math.max(0, Math.floor(y / layout.pitch)));
  let low = layout.lineStart[line];
  let high = (layout.lineStart[line + 1] ?? layout.index.length) - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (layout.x[middle] <= x) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The address under a point of the map to scale. @param {Layout} layout @param {number} x */
export function addressAt(layout, x) {
  const islands = layout.islands ?? [];
  const island = islands.findLast(i => i.x <= x) ?? islands[0];
  if (!island) return 0;
  const part = island.w > 0 ? Math.min(1, Math.max(0, (x - island.x) / island.w)) : 0;
  return island.from + Math.round(part * (island.to - island.from) / page) * page;
}

/** A part of what is shown around a mapping: half of it (by = 0.5) or twice as much (by = 2). Null is the whole. @param {Extents} extents @param {Span | null} span @param {'log' | 'linear'} scale @param {number} around index of a mapping @param {number} by @returns {Span | null} */
export function zoomed(extents, span, scale, around, by) {
  if (extents.count === 0) return null;
  const { first, last } = within(extents, span);
  if (scale === 'log') {
    const shown = last - first + 1;
    const count = Math.min(extents.count, Math.max(1, Math.round(shown * by)));
    if (count >= extents.count) return null;
    const from = Math.min(extents.count - count, Math.max(0, around - (count >> 1)));
    return { from: extents.start[from], to: extents.end[from + count - 1] };
  }
  const all = { from: extents.start[0], to: extents.end[extents.count - 1] };
  const now = span ?? all;
  const middle = (extents.start[around] + extents.end[around]) / 2;
  // The first step into a mapping that is a sliver of the whole shows its surroundings rather than a hole.
  const least = Math.max(page, extents.end[around] - extents.start[around]);
  const size = by < 1 ? Math.max(span ? page * 16 : 0, Math.min((now.to - now.from) * by, span ? Infinity : least * 8)) : (now.to - now.from) * by;
  const from = Math.floor(Math.max(0, middle - size / 2) / page) * page;
  const to = Math.ceil((middle + size / 2) / page) * page;
  return by > 1 && from <= all.from && to >= all.to ? null : { from, to };
}
