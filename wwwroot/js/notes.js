// @ts-check
// Notes as marks under a chart of time: each a button that tells its first line when it is pointed at or focused, and leads to the whole note.

/** Mirrors ChartNote. @typedef {{ id: string, from: number, to: number, time: string, line: string }} Note */

/** Space beside the plotting area, as figure.js leaves it. */
const left = 44;
const right = 14;

/**
 * Draws the marks, or hides the lane where there is none. Elements are made and filled as text: what a note says never becomes markup.
 * @param {Element | null | undefined} lane @param {Note[]} notes @param {number[]} unixMs times of the series
 */
export function drawNotes(lane, notes, unixMs) {
  if (!(lane instanceof HTMLElement)) return;
  const focused = lane.contains(document.activeElement) ? /** @type {HTMLElement} */ (document.activeElement).dataset.note : undefined;
  const [first, last] = [unixMs[0], unixMs[unixMs.length - 1]];
  const shown = last > first ? notes.filter(n => n.to >= first && n.from <= last) : [];
  lane.hidden = shown.length === 0;
  lane.replaceChildren(...shown.flatMap(note => {
    const [from, to] = [note.from, note.to].map(ms => (Math.min(Math.max(ms, first), last) - first) / (last - first));
    const mark = markOf(note, from);
    return note.to > note.from ? [spanOf(from, to), mark] : [mark];
  }));
  if (focused) lane.querySelector(`[data-note="${CSS.escape(focused)}"]`)?.dispatchEvent(new Event('restore'));
}

/** Place on the time line as a length that follows the width. @param {number} part */
const at = part => `calc(${left}px + (100% - ${left + right}px) * ${part})`;

/** @param {number} from @param {number} to */
function spanOf(from, to) {
  const span = document.createElement('span');
  span.className = 'note-span';
  span.style.left = at(from);
  span.style.width = `calc((100% - ${left + right}px) * ${to - from})`;
  return span;
}

/** @param {Note} note @param {number} part */
function markOf(note, part) {
  const mark = document.createElement('button');
  mark.type = 'button';
  mark.className = part > 0.5 ? 'note-mark from-right' : 'note-mark';
  mark.style.left = at(part);
  mark.dataset.note = note.id;
  const tip = document.createElement('span');
  tip.className = 'note-tip';
  const time = document.createElement('b');
  time.textContent = note.time;
  tip.append(time, ` ${note.line}`);
  mark.setAttribute('aria-label', `Note ${note.time}: ${note.line}`);
  mark.append(tip);
  mark.addEventListener('restore', () => mark.focus({ preventScroll: true }));
  mark.addEventListener('click', () => {
    const whole = document.getElementById(note.id);
    whole?.scrollIntoView({ block: 'center' });
    whole?.focus({ preventScroll: true });
  });
  return mark;
}
