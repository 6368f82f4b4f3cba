// @ts-check
// What the map says in words: of one mapping, of each category, and all that is shown as a table. Text nodes only: names come from captures.

/** @typedef {import('./map.js').Space} Space */

/** @param {number} bytes */
export const kib = bytes => (bytes === 0 ? '—' : (bytes < 0 ? '\u2212' : '') + Math.round(Math.abs(bytes) / 1024).toLocaleString('en-US'));

/** @param {Space} space @param {number} i */
export const rangeOf = (space, i) => `${space.starts[i].padStart(12, '0')}–${space.ends[i].padStart(12, '0')}`;

/** @param {Space} space @param {number} i */
const nameOf = (space, i) => space.names[space.name[i]] || 'unnamed';

/** How much larger a mapping is than at the window's first snapshot, in words; empty when it is not. @param {Space} space @param {number} i */
function changeOf(space, i) {
  const was = space.before.get(i);
  if (!was || !space.beforeNumber) return '';
  const [then, now] = [was[1] - was[0], space.end[i] - space.start[i]];
  if (then === 0) return `new since #${space.beforeNumber}`;
  return then === now ? `elsewhere than at #${space.beforeNumber}` : `${now > then ? '+' : ''}${kib(now - then)} KiB of addresses since #${space.beforeNumber}`;
}

/** A mapping in parts: what it is, where, how much, and what changed. @param {Space} space @param {number} i @param {Record<string, string>} titles @returns {string[]} */
export function linesOf(space, i, titles) {
  const size = space.end[i] - space.start[i];
  return [
    `${titles[space.categories[space.category[i]]] ?? space.categories[space.category[i]]} ${rangeOf(space, i)} ${space.permissions[space.perms[i]]}`,
    nameOf(space, i),
    space.rss === null ? `${kib(size)} KiB of addresses, RSS not captured` : `RSS ${kib(space.rss[i])} of ${kib(size)} KiB`,
    changeOf(space, i),
  ].filter(line => line.length > 0);
}

/** @param {HTMLTableRowElement} row @param {(string | Node)[]} cells @param {number} texts how many of them stand left */
function fill(row, cells, texts) {
  cells.forEach((content, i) => {
    const cell = row.insertCell();
    if (i >= texts) cell.className = 'num';
    cell.append(content);
  });
}

/** @param {HTMLTableElement} table @param {string[]} heads @param {number} texts @param {string} caption */
function begin(table, heads, texts, caption) {
  const words = table.createCaption();
  words.className = 'out-of-sight';
  words.textContent = caption;
  const row = table.createTHead().insertRow();
  heads.forEach((head, i) => {
    const cell = document.createElement('th');
    cell.scope = 'col';
    if (i >= texts) cell.className = 'num';
    cell.textContent = head;
    row.append(cell);
  });
  return table.createTBody();
}

/** @param {string} slug @param {string} title */
function named(slug, title) {
  const swatch = document.createElement('span');
  swatch.className = `swatch c-${/^[a-z-]+$/.test(slug) ? slug : 'total'}`;
  const all = document.createDocumentFragment();
  all.append(swatch, title);
  return all;
}

/** The categories with what they add up to; the order is that of the charts. @param {Element} place @param {Space} space @param {Record<string, string>} titles */
export function fillLegend(place, space, titles) {
  const order = Object.keys(titles);
  const sums = space.categories.map(slug => ({ slug, count: 0, rss: 0, size: 0 }));
  for (let i = 0; i < space.count; i++) {
    const sum = sums[space.category[i]];
    sum.count++;
    sum.size += space.end[i] - space.start[i];
    if (space.rss !== null) sum.rss += space.rss[i];
  }
  sums.sort((a, b) => order.indexOf(a.slug) - order.indexOf(b.slug));
  const table = document.createElement('table');
  const body = begin(table, ['Category', 'Mappings', 'RSS KiB', 'Addresses KiB'], 1, 'The map by category');
  const rss = (/** @type {number} */ bytes) => (space.rss === null ? 'not captured' : kib(bytes));
  for (const { slug, count, rss: resident, size } of sums) fill(body.insertRow(), [named(slug, titles[slug] ?? slug), count.toLocaleString('en-US'), rss(resident), kib(size)], 1);
  const all = sums.reduce((a, b) => ({ count: a.count + b.count, rss: a.rss + b.rss, size: a.size + b.size }), { count: 0, rss: 0, size: 0 });
  fill(table.createTFoot().insertRow(), ['All', all.count.toLocaleString('en-US'), rss(all.rss), kib(all.size)], 1);
  place.replaceChildren(table);
}

/** Rows of the table at most; a page of thousands of links helps nobody. */
export const mostRows = 500;

/** What is shown as a table. @param {Element} place @param {Space} space @param {number} first @param {number} last @param {Record<string, string>} titles @param {(region: string) => string} href */
export function fillRows(place, space, first, last, titles, href) {
  const table = document.createElement('table');
  const body = begin(table, ['Category', 'Address range', 'Perms', 'Backing', 'RSS KiB', 'Virtual KiB'], 4, 'The mappings that the map shows');
  for (let i = first; i <= Math.min(last, first + mostRows - 1); i++) {
    const link = document.createElement('a');
    link.href = href(space.regions[i]);
    link.className = 'row-link mono';
    link.textContent = rangeOf(space, i);
    const slug = space.categories[space.category[i]];
    fill(body.insertRow(), [named(slug, titles[slug] ?? slug), link, space.permissions[space.perms[i]], nameOf(space, i), space.rss === null ? 'not captured' : kib(space.rss[i]), kib(space.end[i] - space.start[i])], 4);
  }
  const more = last - first + 1 - mostRows;
  const rest = document.createElement('p');
  rest.className = 'muted';
  rest.textContent = more > 0 ? `${more.toLocaleString('en-US')} more above these addresses: zoom in to list them.` : '';
  place.replaceChildren(table, rest);
}
