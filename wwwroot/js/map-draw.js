// @ts-check
// Draws the map on a canvas. Filled is resident, the tint behind it virtual, a dashed outline without access, hatched what came since the window's first snapshot.

/**
 * @typedef {import('./map-layout.js').Layout} Layout
 * @typedef {import('./map.js').Space} Space
 * @typedef {{ current: number, selected: Set<string>, brush: { from: number, to: number } | null }} Marks index of the mapping that has the focus; selected regions; places that a drag covers
 */

/** Fits a canvas to its place on the screen and clears it. @param {HTMLCanvasElement} canvas @param {number} width @param {number} height @returns {CanvasRenderingContext2D | null} */
export function fitted(canvas, width, height) {
  const ratio = globalThis.devicePixelRatio || 1;
  const [w, h] = [Math.max(1, Math.round(width * ratio)), Math.max(1, Math.round(height * ratio))];
  if (canvas.width !== w) canvas.width = w;
  if (canvas.height !== h) canvas.height = h;
  canvas.style.height = `${height}px`;
  const to = canvas.getContext('2d');
  if (!to) return null;
  to.setTransform(ratio, 0, 0, ratio, 0, 0);
  to.clearRect(0, 0, width, height);
  return to;
}

/** @param {CanvasRenderingContext2D} to @param {string} colour */
function hatch(to, colour) {
  const tile = document.createElement('canvas');
  tile.width = tile.height = 6;
  const line = tile.getContext('2d');
  if (!line) return colour;
  line.strokeStyle = colour;
  line.lineWidth = 1.6;
  line.beginPath();
  for (const x of [-6, 0, 6]) { line.moveTo(x, 6); line.lineTo(x + 6, 0); }
  line.stroke();
  return to.createPattern(tile, 'repeat') ?? colour;
}

/** @param {HTMLCanvasElement} canvas @param {Space} space @param {Layout} layout @param {Marks} marks @param {import('./map.js').Palette} palette @param {number} width @param {number} height */
export function draw(canvas, space, layout, marks, palette, width, height) {
  const to = fitted(canvas, width, height);
  if (!to) return;
  const { bar, pitch } = layout;
  const grown = hatch(to, palette.surface);
  const separated = layout.index.length < width; // hairlines between slivers would hide them
  for (let p = 0; p < layout.index.length; p++) {
    const i = layout.index[p];
    const x = layout.x[p];
    const w = Math.max(0.6, layout.w[p] - (separated && layout.w[p] > 3 ? 1 : 0));
    const y = layout.line[p] * pitch;
    const category = space.category[i];
    const reserved = space.categories[category] === 'reserved';
    to.fillStyle = palette.series[category];
    if (!reserved) {
      to.globalAlpha = 0.2;
      to.fillRect(x, y, w, bar);
      to.globalAlpha = 1;
    }
    const size = space.end[i] - space.start[i];
    const filled = space.rss === null || size <= 0 ? 0 : Math.min(1, space.rss[i] / size);
    if (filled > 0) {
      const high = Math.max(1.5, filled * bar);
      to.fillRect(x, y + bar - high, w, high);
    }
    if (reserved && w > 2) {
      to.setLineDash([2, 2]);
      to.strokeStyle = palette.axis;
      to.lineWidth = 1;
      to.strokeRect(x + 0.5, y + 0.5, w - 1, bar - 1);
      to.setLineDash([]);
    } else if (reserved) {
      to.globalAlpha = 0.35;
      to.fillRect(x, y + bar - 2, w, 2);
      to.globalAlpha = 1;
    }
    for (const [a, b] of parts(space, i)) {
      const [left, right] = [a, b].map(address => x + w * Math.min(1, Math.max(0, (address - layout.low[p]) / Math.max(1, layout.high[p] - layout.low[p]))));
      if (right - left < 0.5) continue;
      to.fillStyle = grown;
      to.fillRect(left, y, right - left, bar);
      to.fillStyle = palette.grow;
      to.fillRect(left, y, right - left, 3);
    }
  }
  drawCuts(to, layout, palette);
  drawWords(to, space, layout, palette, width);
  drawMarks(to, space, layout, marks, palette);
}

/** Parts of a mapping that were not there before. @param {Space} space @param {number} i @returns {[number, number][]} */
function parts(space, i) {
  const was = space.before.get(i);
  if (!was) return [];
  const [start, end] = was;
  /** @type {[number, number][]} */ const found = [];
  if (end <= start || end <= space.start[i] || start >= space.end[i]) found.push([space.start[i], space.end[i]]);
  else {
    if (start > space.start[i]) found.push([space.start[i], start]);
    if (end < space.end[i]) found.push([end, space.end[i]]);
  }
  return found;
}

/** @param {CanvasRenderingContext2D} to @param {Layout} layout @param {import('./map.js').Palette} palette */
function drawCuts(to, layout, palette) {
  to.strokeStyle = palette.axis;
  to.lineWidth = 1;
  to.beginPath();
  for (const { x, line } of layout.cuts) {
    const middle = line * layout.pitch + layout.bar / 2;
    for (const shift of [-2, 2]) {
      to.moveTo(x + shift - 2, middle + 6);
      to.lineTo(x + shift + 2, middle - 6);
    }
  }
  to.stroke();
}

/** Words under the lines: where an island begins, and names of what is wide. @param {CanvasRenderingContext2D} to @param {Space} space @param {Layout} layout @param {import('./map.js').Palette} palette @param {number} width */
function drawWords(to, space, layout, palette, width) {
  if (layout.pitch - layout.bar < 20) return;
  to.font = `10.5px ${palette.mono}`;
  to.textBaseline = 'alphabetic';
  to.fillStyle = palette.axis;
  /** @type {[number, number][][]} */ const taken = Array.from({ length: layout.lines }, () => []);
  /** @param {number} p @param {string} text @param {number} room */
  const put = (p, text, room) => {
    const wide = to.measureText(text).width;
    const line = taken[layout.line[p]];
    const x = Math.min(layout.x[p], width - wide);
    if (wide > room || line.some(([from, end]) => x < end + 10 && x + wide + 10 > from)) return;
    to.fillText(text, x, layout.line[p] * layout.pitch + layout.bar + 14);
    line.push([x, x + wide]);
  };
  // What is wide is worth more than its neighbour that begins an island.
  for (let p = 0; p < layout.index.length; p++) {
    if (layout.w[p] <= 70) continue;
    const i = layout.index[p];
    const name = space.names[space.name[i]];
    put(p, name.slice(name.lastIndexOf('/') + 1) || space.starts[i], layout.w[p]);
  }
  for (const p of layout.heads) put(p, space.starts[layout.index[p]], Infinity);
}

/** @param {CanvasRenderingContext2D} to @param {Space} space @param {Layout} layout @param {Marks} marks @param {import('./map.js').Palette} palette */
function drawMarks(to, space, layout, marks, palette) {
  for (let p = 0; p < layout.index.length; p++) {
    const i = layout.index[p];
    const isCurrent = i === marks.current;
    const isSelected = marks.selected.size > 0 && marks.selected.has(space.regions[i]);
    const isBrushed = marks.brush !== null && p >= marks.brush.from && p <= marks.brush.to;
    if (!isCurrent && !isSelected && !isBrushed) continue;
    const [x, y, w] = [layout.x[p], layout.line[p] * layout.pitch, Math.max(3, layout.w[p])];
    if (isBrushed) {
      to.fillStyle = palette.accent;
      to.globalAlpha = 0.25;
      to.fillRect(x, y, w, layout.bar);
      to.globalAlpha = 1;
    }
    if (!isCurrent && !isSelected) continue;
    to.strokeStyle = isSelected ? palette.accent : palette.text;
    to.lineWidth = 2;
    to.strokeRect(x + 1, y + 1, Math.max(1, w - 2), layout.bar - 2);
    if (isCurrent) {
      // A foot below the line, so that a sliver is found too.
      to.fillStyle = palette.text;
      to.fillRect(Math.max(0, x + w / 2 - 4), y + layout.bar + 1, 8, 3);
    }
  }
}

/** The course of RSS over the snapshots, above the slider. @param {HTMLCanvasElement} canvas @param {number[]} values @param {number} at place of the snapshot that is shown @param {import('./map.js').Palette} palette @param {number} width @param {number} height */
export function drawCourse(canvas, values, at, palette, width, height) {
  const to = fitted(canvas, width, height);
  const most = values.reduce((m, v) => Math.max(m, v), 0);
  if (!to || values.length < 2 || most <= 0) return;
  // The thumb of a slider stays inside its ends.
  const x = (/** @type {number} */ i) => 8 + (width - 16) * i / (values.length - 1);
  const y = (/** @type {number} */ v) => height - 1 - (height - 3) * Math.max(0, v) / most;
  to.beginPath();
  values.forEach((v, i) => (i === 0 ? to.moveTo(x(i), y(v)) : to.lineTo(x(i), y(v))));
  to.strokeStyle = palette.axis;
  to.lineWidth = 1.25;
  to.stroke();
  to.lineTo(x(values.length - 1), height);
  to.lineTo(x(0), height);
  to.fillStyle = palette.grid;
  to.globalCompositeOperation = 'destination-over';
  to.fill();
  to.globalCompositeOperation = 'source-over';
  if (at < 0) return;
  to.fillStyle = palette.accent;
  to.fillRect(x(at) - 0.75, 0, 1.5, height);
}
