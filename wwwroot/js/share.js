// @ts-check
// Draws the charts of a static page from the data that came with it. Without this script the server's picture stays.
import { create } from './chart.js';
import './timeline.js';

for (const box of document.querySelectorAll('[data-frozen-chart]')) {
  const el = box.querySelector('.chart');
  if (!(box instanceof HTMLElement) || !(el instanceof HTMLElement)) continue;
  create(el, JSON.parse(box.dataset.options ?? '{}'), null).then(() => {
    if (el.dataset.ready === 'true') el.classList.add('drawn'); // the picture stays for paper, which is always light
  });
}
