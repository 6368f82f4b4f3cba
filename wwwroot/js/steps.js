// @ts-check
// j and k move through the rows of lists that are read from top to bottom; Enter follows the row's link by itself.

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
