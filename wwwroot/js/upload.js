// @ts-check
// Sends files to the API with progress. XMLHttpRequest, since fetch cannot tell how much was sent.
import { dropped, packed } from './folder.js';

/** @type {WeakMap<HTMLElement, AbortController>} */
const attached = new WeakMap();
let count = 0;

/** @param {HTMLElement} drop @param {any} server DotNetObjectReference of the page */
export const attach = (drop, server) => listen(drop, files => send(files, drop, server), packed);

/**
 * Files dropped on an element or chosen in it.
 * @param {HTMLElement} drop @param {(files: File[]) => void} take
 * @param {(members: import('./folder.js').Member[]) => File[]} unfold what becomes of a folder
 */
function listen(drop, take, unfold) {
  const off = new AbortController();
  attached.set(drop, off);
  const { signal } = off;
  const over = (/** @type {boolean} */ is) => drop.classList.toggle('over', is);

  drop.addEventListener('dragover', e => { e.preventDefault(); over(true); }, { signal });
  drop.addEventListener('dragleave', () => over(false), { signal });
  drop.addEventListener('drop', async e => { e.preventDefault(); over(false); take(await dropped(e.dataTransfer, unfold)); }, { signal });
  for (const input of /** @type {NodeListOf<HTMLInputElement>} */ (drop.querySelectorAll('input[type=file]'))) {
    input.addEventListener('change', () => {
      const files = [...input.files ?? []];
      take(input.webkitdirectory ? unfold(files.map(file => ({ path: file.webkitRelativePath, file }))) : files);
      input.value = '';
    }, { signal });
  }
}

/** @param {HTMLElement} drop */
export const detach = drop => attached.get(drop)?.abort();

/** Files that are not through yet: leaving the tab would end them. */
let unfinished = 0;
addEventListener('beforeunload', event => { if (unfinished > 0) event.preventDefault(); });

/** Tells the page; whoever left it for another one is told nothing, and the files go on. @param {any} server @param {any[]} what */
const tell = (server, ...what) => server.invokeMethodAsync(...what).catch(() => undefined);

/** One after the other, so that snapshots of one process arrive in order. @param {File[]} files @param {HTMLElement} drop @param {any} server */
async function send(files, drop, server) {
  const queue = files.map(file => ({ key: ++count, file, url: address(drop, file) }));
  unfinished += queue.length;
  for (const { key, file } of queue) await tell(server, 'OnQueued', key, file.name.slice(0, 1000), file.size);
  for (const { key, file, url } of queue) {
    await tell(server, 'OnBegin', key);
    const answer = await post(url, file, sent => tell(server, 'OnSent', key, sent));
    if (answer.ok) await tell(server, 'OnStored', key, answer.body.processId, answer.body.captureId, answer.status === 200);
    else await tell(server, 'OnRefused', key, answer.why.slice(0, 2000));
    unfinished--;
  }
}

/** @param {HTMLElement} drop @param {File} file */
function address(drop, file) {
  const url = new URL('api/v1/captures', document.baseURI);
  for (const field of drop.parentElement?.querySelectorAll('[data-field]') ?? []) {
    if ((field instanceof HTMLInputElement || field instanceof HTMLSelectElement) && field.value.trim()) url.searchParams.set(field.dataset.field ?? '', field.value.trim());
  }
  url.searchParams.set('name', file.name);
  return url;
}

/** @param {URL} url @param {File} file @param {(sent: number) => void} progress @param {string} method @returns {Promise<{ ok: boolean, status: number, body: any, why: string }>} */
const post = (url, file, progress, method = 'POST') => new Promise(resolve => {
  const request = new XMLHttpRequest();
  let told = 0;
  request.open(method, url);
  request.setRequestHeader('Content-Type', 'application/octet-stream');
  request.setRequestHeader('Accept', 'application/json');
  request.upload.onprogress = e => {
    if (performance.now() - told < 200) return;
    told = performance.now();
    progress(e.loaded);
  };
  request.upload.onload = () => progress(file.size);
  request.onload = () => {
    const body = read(request.responseText);
    const ok = request.status === 200 || request.status === 201;
    resolve({ ok, status: request.status, body, why: body?.detail ?? body?.title ?? `The server answered ${request.status}.` });
  };
  request.onerror = () => resolve({ ok: false, status: 0, body: null, why: 'The server did not answer. Is it still running?' });
  request.send(file);
});

/** @param {string} text */
const read = text => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};

/** Symbol files: one PUT each. @param {HTMLElement} drop @param {any} server DotNetObjectReference of the page */
export function attachSymbols(drop, server) {
  const put = async (/** @type {File[]} */ files) => {
    for (const file of files) {
      const name = file.name.slice(0, 200);
      unfinished++;
      await tell(server, 'OnSent', name, 0, file.size);
      const answer = await post(new URL(`api/v1/symbols/${encodeURIComponent(file.name)}`, document.baseURI), file, sent => tell(server, 'OnSent', name, sent, file.size), 'PUT');
      const text = answer.ok ? `build id ${answer.body?.buildId ?? ''}${answer.status === 200 ? ', known already' : ''}` : answer.why;
      await tell(server, 'OnSymbols', name, answer.ok, String(text).slice(0, 2000));
      unfinished--;
    }
  };
  listen(drop, put, members => members.map(m => m.file));
}
