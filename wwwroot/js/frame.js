// @ts-check
// What the frame does without the server: theme, keys, copying, dialogs, ages. Everything hangs on data attributes,
// so it works on live pages, on static ones, and on markup that arrives later.

/** @param {EventTarget | null} node @param {string} selector @returns {HTMLElement | null} */
const nearest = (node, selector) => (node instanceof Element ? node.closest(selector) : null);

const root = document.documentElement;
const isDark = () => root.dataset.theme === 'dark' || (!root.dataset.theme && matchMedia('(prefers-color-scheme: dark)').matches);

function toggleTheme() {
  const theme = isDark() ? 'light' : 'dark';
  root.dataset.theme = theme;
  document.cookie = `theme=${theme}; path=/; max-age=31536000; samesite=lax`;
  document.dispatchEvent(new CustomEvent('themechange'));
}
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => document.dispatchEvent(new CustomEvent('themechange')));

/** @param {string} message */
function say(message) {
  const live = document.getElementById('said');
  if (!live) return;
  live.textContent = message;
  live.classList.add('shown');
  setTimeout(() => live.classList.remove('shown'), 1600);
}

/** @param {string} text */
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Outside a secure context there is no clipboard object: the old way still works there.
    const area = document.createElement('textarea');
    area.value = text;
    area.className = 'out-of-sight';
    document.body.append(area);
    area.select();
    document.execCommand('copy');
    area.remove();
  }
  say('Copied');
}

/** The address that is open, for good: a window that follows the newest snapshot is given its ends, "the newest trace" its id. What the page says of itself stands in data-absolute, as a part of a query. */
function absolute() {
  const [address, fragment] = location.href.split('#');
  const [path, query] = address.split('?');
  const name = (/** @type {string} */ part) => part.split('=')[0].toLowerCase();
  let parts = (query ?? '').split('&').filter(part => part);
  for (const element of document.querySelectorAll('[data-absolute]')) {
    if (!(element instanceof HTMLElement)) continue;
    const meant = (element.dataset.absolute ?? '').split('&').filter(part => part);
    if (element.dataset.absoluteAlways !== undefined) parts = parts.filter(part => !meant.some(m => name(m) === name(part)));
    parts.push(...meant.filter(m => !parts.some(part => name(part) === name(m))));
  }
  parts = [...parts.filter(part => name(part) !== 'v'), ...parts.filter(part => name(part) === 'v')];
  return path + (parts.length ? `?${parts.join('&')}` : '') + (fragment ? `#${fragment}` : '');
}

/** @param {HTMLElement} from */
const copyText = from => {
  if (from.dataset.copyLink !== undefined) return absolute();
  if (from.dataset.copyFrom) {
    const source = document.getElementById(from.dataset.copyFrom);
    return source instanceof HTMLTextAreaElement || source instanceof HTMLInputElement ? source.value : source?.textContent ?? '';
  }
  return from.dataset.copy ?? '';
};

/** Does what a key stands for: the last visible element that has it. @param {string} key */
function press(key) {
  const target = [...document.querySelectorAll('[data-key]')].findLast(e => e instanceof HTMLElement && e.dataset.key === key && e.checkVisibility());
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) {
    target.focus();
    target.select();
  } else target.click();
  return true;
}

document.addEventListener('click', event => {
  const theme = nearest(event.target, '[data-theme-toggle]');
  if (theme) toggleTheme();

  const copier = nearest(event.target, '[data-copy], [data-copy-from], [data-copy-link]');
  if (copier) copy(copyText(copier));

  const opener = nearest(event.target, '[data-opens]');
  const dialog = opener && document.getElementById(opener.dataset.opens ?? '');
  if (dialog instanceof HTMLDialogElement && !dialog.open) dialog.showModal();

  if (nearest(event.target, '[data-closes]') || event.target instanceof HTMLDialogElement) {
    nearest(event.target, 'dialog') instanceof HTMLDialogElement && /** @type {HTMLDialogElement} */ (nearest(event.target, 'dialog')).close();
  }
  if (nearest(event.target, '[data-print]')) print();

  // A second place for what a key does.
  const presser = nearest(event.target, '[data-presses]');
  if (presser) press(presser.dataset.presses ?? '');
});

/** @param {Element | null} at */
const isTyping = at => at instanceof HTMLElement && (at.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(at.tagName));

document.addEventListener('keydown', event => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  const at = document.activeElement;
  if (event.key === 'Escape' && isTyping(at)) {
    /** @type {HTMLElement} */ (at).blur();
    return;
  }
  if (isTyping(at) || document.querySelector('dialog[open]')) return;
  if (press(event.key)) event.preventDefault();
  else if (event.key === 'l') copy(absolute()); // every page has a link, also those without a button for it
});

/** @param {number} seconds */
const age = seconds => {
  if (seconds < 60) return `${Math.max(0, Math.floor(seconds))} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86400) return `${Math.floor(seconds / 3600)} h ago`;
  return `${Math.floor(seconds / 86400)} d ago`;
};

setInterval(() => {
  for (const element of document.querySelectorAll('[data-ago]')) {
    // The text node belongs to Blazor: change its value, never replace it.
    const node = element.firstChild;
    if (!(element instanceof HTMLElement) || !node) continue;
    const text = age((Date.now() - Date.parse(element.dataset.ago ?? '')) / 1000);
    if (node.nodeValue !== text) node.nodeValue = text;
  }
}, 1000);
