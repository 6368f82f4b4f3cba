// @ts-check
// Arrow keys in the tree of callchains: down to the widest callee, up to the caller, left and right along the row. Enter follows the box's link, which zooms; the page's own keys do the rest.

/** @param {Element} box @returns {{row: number, x: number, end: number}} */
const place = box => {
  const { row, x, w } = /** @type {SVGElement} */ (box).dataset;
  return { row: Number(row), x: Number(x), end: Number(x) + Number(w) };
};

/** @param {Element} tree @param {Element} from @param {string} key @returns {Element | undefined} */
function next(tree, from, key) {
  const at = place(from);
  const boxes = [...tree.querySelectorAll('a[data-row]')];
  const inRow = /** @param {number} row */ row => boxes.filter(b => place(b).row === row).sort((a, b) => place(a).x - place(b).x);
  const row = inRow(at.row);
  switch (key) {
    case 'ArrowDown': {
      // The widest of those that lie under it.
      const below = inRow(at.row + 1).filter(b => place(b).x < at.end && place(b).end > at.x);
      return below.sort((a, b) => place(b).end - place(b).x - (place(a).end - place(a).x))[0];
    }
    case 'ArrowUp': {
      const middle = (at.x + at.end) / 2;
      return inRow(at.row - 1).find(b => place(b).x <= middle && place(b).end >= middle);
    }
    case 'ArrowLeft': return row[row.indexOf(from) - 1];
    case 'ArrowRight': return row[row.indexOf(from) + 1];
    case 'Home': return boxes[0];
    case 'End': return row[row.length - 1];
    default: return undefined;
  }
}

/** The zoomed box takes the focus once the server has drawn it. @param {number} tries */
function follow(tries) {
  const picked = document.querySelector('.icicle a.picked');
  if (picked instanceof SVGElement && picked.tabIndex === 0 && document.activeElement?.closest('.icicle')) picked.focus({ preventScroll: true });
  if (tries > 0) setTimeout(() => follow(tries - 1), 100);
}

document.addEventListener('keydown', event => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  const from = event.target instanceof Element ? event.target.closest('.icicle a[data-row]') : null;
  const tree = from?.closest('.icicle');
  if (!from || !tree) return;
  if (event.key === 'Enter') {
    follow(10);
    return;
  }
  const to = next(tree, from, event.key);
  if (!(to instanceof SVGElement)) return;
  event.preventDefault();
  from.setAttribute('tabindex', '-1');
  to.setAttribute('tabindex', '0');
  to.focus();
});
