// @ts-check
// j and k move through the rows of lists that are read from top to bottom; Enter follows the row's link by itself. Links to a part of a page wait until it is drawn.

document.addEventListener('keydown', event => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || (event.key !== 'j' && event.key !== 'k')) return;
  const at = document.activeElement;
  if (document.querySelector('dialog[open]') || (at instanceof HTMLElement && (at.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(at.tagName)))) return;
  const rows = [...document.querySelectorAll('[data-steps] a.step')].filter(row => row instanceof HTMLElement && row.checkVisibility());
  if (rows.length === 0) return;
  event.preventDefault();
  const from = at ? rows.indexOf(at) : -1;
  const to = from < 0 ? (event.key === 'j' ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, from + (event.key === 'j' ? 1 : -1)));
  const row = rows[to];
  if (row instanceof HTMLElement) {
    row.focus({ preventScroll: true });
    row.scrollIntoView({ block: 'nearest' });
  }
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
