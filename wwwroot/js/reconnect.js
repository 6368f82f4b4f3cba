// @ts-check
// Blazor marks its own #components-reconnect-modal by class but reloads only from its built-in one, whose <style> the CSP refuses.

const bar = document.getElementById('components-reconnect-modal');

/** @param {string} state */
const has = state => bar?.classList.contains('components-reconnect-' + state) ?? false;

/** Reloads the page as soon as the server answers: the whole view lives in the address. */
const reloadWhenUp = () => {
  fetch('healthz', { cache: 'no-store' })
    .then(r => (r.ok ? location.reload() : Promise.reject(new Error(String(r.status)))))
    .catch(() => setTimeout(reloadWhenUp, 2000));
};

if (bar) {
  new MutationObserver(() => {
    if (has('rejected') || has('failed')) reloadWhenUp();
  }).observe(bar, { attributeFilter: ['class'] });
}
