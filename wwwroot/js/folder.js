// @ts-check
// Makes one upload of a folder: a tar whose parts are the files themselves, so that nothing is read before it is sent.

/** @typedef {{ path: string, file: File }} Member */

const block = 512;
const text = new TextEncoder();

/** What was dropped: loose files as they are, of each folder what `unfold` makes of it. @param {DataTransfer | null} data @param {(members: Member[]) => File[]} unfold @returns {Promise<File[]>} */
export async function dropped(data, unfold) {
  // Entries must be asked for before the first await: the list is emptied behind the event.
  const entries = [...data?.items ?? []].map(item => item.webkitGetAsEntry?.() ?? null);
  const files = [...data?.files ?? []];
  if (!entries.some(e => e?.isDirectory)) return files;
  const all = [];
  for (const entry of entries) {
    if (!entry) continue;
    const members = await walk(entry, '');
    all.push(...entry.isDirectory ? unfold(members) : members.map(m => m.file));
  }
  return all;
}

/** The files of one folder as one tar file, named after the folder; nothing of an empty one. @param {Member[]} members @returns {File[]} */
export function packed(members) {
  if (members.length === 0) return [];
  const parts = /** @type {BlobPart[]} */ ([]);
  for (const { path, file } of members) parts.push(...header(path, file), file, new Uint8Array((block - file.size % block) % block));
  parts.push(new Uint8Array(2 * block));
  return [new File(parts, members[0].path.split('/')[0] + '.tar')];
}

/** @param {FileSystemEntry} entry @param {string} above @returns {Promise<Member[]>} */
async function walk(entry, above) {
  const path = above + entry.name;
  if (entry.isFile) return [{ path, file: await new Promise((resolve, reject) => /** @type {FileSystemFileEntry} */ (entry).file(resolve, reject)) }];
  const reader = /** @type {FileSystemDirectoryEntry} */ (entry).createReader();
  const members = [];
  // A browser gives the entries of a folder in batches; an empty one is the last.
  for (let batch = await list(reader); batch.length > 0; batch = await list(reader)) {
    for (const child of batch) members.push(...await walk(child, path + '/'));
  }
  return members;
}

/** @param {FileSystemDirectoryReader} reader @returns {Promise<FileSystemEntry[]>} */
const list = reader => new Promise((resolve, reject) => reader.readEntries(resolve, reject));

/** The header of a member (POSIX ustar); a long name stands before it in a member of its own (GNU). @param {string} path @param {File} file @returns {BlobPart[]} */
function header(path, file) {
  const name = text.encode(path);
  const own = ustar(name, file.size, file.lastModified, '0');
  if (name.length <= 100) return [own];
  const padded = new Uint8Array(Math.ceil((name.length + 1) / block) * block);
  padded.set(name);
  return [ustar(text.encode('././@LongLink'), name.length + 1, 0, 'L'), padded, own];
}

/** @param {Uint8Array} name @param {number} size @param {number} modified milliseconds @param {string} type @returns {Uint8Array<ArrayBuffer>} */
function ustar(name, size, modified, type) {
  const head = new Uint8Array(block);
  const put = (/** @type {number} */ at, /** @type {string} */ value) => head.set(text.encode(value), at);
  const octal = (/** @type {number} */ value, /** @type {number} */ digits) => Math.max(0, Math.floor(value)).toString(8).padStart(digits, '0');
  head.set(name.subarray(0, 100));
  put(100, '0000644\0');
  put(108, '0000000\0');
  put(116, '0000000\0');
  put(124, octal(size, 11) + '\0');
  put(136, octal(modified / 1000, 11) + '\0');
  put(148, '        ');
  put(156, type);
  put(257, 'ustar\0');
  put(263, '00');
  put(148, octal(head.reduce((sum, byte) => sum + byte, 0), 6) + '\0 ');
  return head;
}
