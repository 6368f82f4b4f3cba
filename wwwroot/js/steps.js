// @ts-check
// Rows by keys. j and k move through the rows of a page that are read from top to bottom; in a table the arrows, Home and End do the same once a row has the focus. Enter follows the row's link by itself.
// Links to a part of a page wait until it is drawn.

/** @param {string} selector @param {ParentNode} within @returns {HTMLElement[]} */
const seen = (selector, within) => [...within.querySelectorAll(selector)].flatMap(row => (row instanceof HTMLElement && row.checkVisibility() ? [row] : []));

/** @param {HTMLElement | undefined} row */
function focus(row) {
  row?.focus({ preventScroll: true });
  // Heads and totals stick to the edges of a table: its rows have margins for them.
  (row?.closest('tr') ?? row)?.scrollIntoView({ block: 'nearest' });
}

/** Rows of a page: those of evidence where there are any, else those of its tables. */
function rowsOfPage() {
  const steps = seen('[data-steps] a.step', document);
  return steps.length > 0 ? steps : seen('main table a.row-link', document);
}

/** A virtual table draws its ends only when they are scrolled to. @param {Element} table @param {boolean} atEnd @param {number} tries */
function toEdge(table, atEnd, tries) {
  const rows = seen('a.row-link', table);
  const row = rows[atEnd ? rows.length - 1 : 0];
  if (!row) return;
  const known = row.getAttribute('href');
  focus(row);
  if (tries > 0) setTimeout(() => {
    const now = seen('a.row-link', table);
    if (now[atEnd ? now.length - 1 : 0]?.getAttribute('href') !== known) toEdge(table, atEnd, tries - 1);
  }, 60);
}

document.addEventListener('keydown', event => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || event.defaultPrevented) return;
  const at = document.activeElement;
  if (document.querySelector('dialog[open]') || (at instanceof HTMLElement && (at.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(at.tagName)))) return;
  const by = { j: 1, k: -1, ArrowDown: 1, ArrowUp: -1, Home: 0, End: 0 }[event.key];
  if (by === undefined) return;
  const table = at?.matches('a.row-link') ? at.closest('table') : null;
  if (event.key === 'Home' || event.key === 'End') {
    if (!table) return;
    event.preventDefault();
    toEdge(table, event.key === 'End', 20);
    return;
  }
  if (event.key.startsWith('Arrow') && !table) return; // the page scrolls
  const rows = event.key.startsWith('Arrow') && table ? seen('a.row-link', table) : rowsOfPage();
  if (rows.length === 0) return;
  event.preventDefault();
  const from = at instanceof HTMLElement ? rows.indexOf(at) : -1;
  focus(rows[from < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, from + by))]);
});

/** A link into a page of the circuit arrives before what it points at is drawn. @param {string} id @param {number} tries */
function reach(id, tries) {
  const place = document.getElementById(id);
  if (place) place.scrollIntoView({ block: 'start' });
  else if (tries > 0) setTimeout(() => reach(id, tries - 1), 100);
}

document.addEventListener('click', event => {
  const link = event.target instanceof Element ? event.target.closest('a[href*="#"]') : null;
  if (link instanceof HTMLAnchorElement && link.hash.length > 1) reach(link.hash.slice(1), 60);
});
if (location.hash.length > 1) reach(location.hash.slice(1), 60);
