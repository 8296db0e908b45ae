/**
 * Finds the Temporal CLI, whose `server start-dev` is the Temporal server of the demo and the tests. Downloads nothing:
 * that is `set-up.js`. Plain JavaScript, without dependencies, for any Node from 20 on; types in `temporal-cli.d.ts`.
 */
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** @typedef {Readonly<Record<string, string | undefined>>} Environment */
/** @typedef {import('./temporal-cli.d.ts').PassedOver} PassedOver */

/** The version that `tools/temporal-cli/go.mod` pins. */
export function pinnedTemporalCliVersion() {
  const goModule = readFileSync(join(root, 'tools/temporal-cli/go.mod'), 'utf8');
  const version = /github\.com\/temporalio\/cli v(\S+)/u.exec(goModule)?.[1];
  if (version === undefined) throw new Error('tools/temporal-cli/go.mod does not require github.com/temporalio/cli');
  return version;
}

/**
 * Where set-up puts what it builds or downloads. `downloaded` is the name that the SDK gives its download, or `null`
 * while the SDK is not installed.
 *
 * @param {Environment} environment
 */
export function temporalCliCache(environment = process.env) {
  const cacheHome = environment.XDG_CACHE_HOME ?? '';
  const cache = join(isAbsolute(cacheHome) ? cacheHome : join(homedir(), '.cache'), 'cloudflare-sso-onboarding');
  const sdkVersion = installedSdkVersion();
  return {
    downloadFolder: cache,
    downloaded: sdkVersion === null ? null : join(cache, `temporal-sdk-typescript-${sdkVersion}`),
    built: join(cache, `temporal-cli-${pinnedTemporalCliVersion()}`, 'temporal'),
  };
}

/**
 * Why `executable` is no Temporal CLI that works here; `null` when it is one.
 *
 * @param {string} executable
 * @returns {Promise<string | null>}
 */
export async function whyNotTemporalCli(executable) {
  if (!existsSync(executable)) return 'not there';
  return await new Promise((done) => {
    execFile(executable, ['--version'], { timeout: 15_000 }, (error, stdout) => {
      if (error !== null) done(`--version failed: ${describeFailure(error)}`);
      else if (/^temporal version /mu.test(stdout)) done(null);
      else done('--version does not answer "temporal version …"');
    });
  });
}

/**
 * Looks at `$TEMPORAL_CLI`, then `temporal` on PATH, then the per-user cache, then what the SDK downloaded. The first
 * that works is `found` (an absolute path); those before it are in `passedOver`, each with its reason.
 *
 * @param {Environment} environment
 */
export async function searchTemporalCli(environment = process.env) {
  /** @type {PassedOver[]} */
  const passedOver = [];
  for (const candidate of candidates(environment)) {
    const reason = await whyNotTemporalCli(candidate.path);
    if (reason === null) return { found: candidate.path, passedOver };
    passedOver.push({ ...candidate, reason });
  }
  return { found: null, passedOver };
}

/**
 * The absolute path of a Temporal CLI that works. Throws an `Error` that says what to do when there is none.
 *
 * @param {Environment} environment
 */
export async function findTemporalCli(environment = process.env) {
  const { found, passedOver } = await searchTemporalCli(environment);
  if (found !== null) return found;
  throw new Error(
    `No Temporal CLI that works: run "node scripts/set-up.js", which gets one.\n${listPassedOver(passedOver)}`,
  );
}

/**
 * One indented line for each place that was looked at.
 *
 * @param {readonly PassedOver[]} passedOver
 */
export function listPassedOver(passedOver) {
  return passedOver.map(({ source, path, reason }) => `  ${source}: ${path}: ${reason}`).join('\n');
}

/** @param {Environment} environment */
function* candidates(environment) {
  if (environment.TEMPORAL_CLI) yield { source: '$TEMPORAL_CLI', path: resolve(environment.TEMPORAL_CLI) };
  for (const folder of (environment.PATH ?? '').split(delimiter)) {
    const path = resolve(folder, 'temporal');
    if (folder !== '' && existsSync(path)) yield { source: 'PATH', path };
  }
  const { built, downloaded } = temporalCliCache(environment);
  yield { source: 'built before', path: built };
  if (downloaded !== null) yield { source: 'downloaded before', path: downloaded };
}

function installedSdkVersion() {
  const manifest = join(root, 'node_modules/@temporalio/testing/package.json');
  if (!existsSync(manifest)) return null;
  return /"version":\s*"([^"]+)"/u.exec(readFileSync(manifest, 'utf8'))?.[1] ?? null;
}

/** @param {import('node:child_process').ExecFileException} error */
function describeFailure(error) {
  if (error.killed === true) return 'no answer within 15 s';
  if (typeof error.code === 'number') return `exit code ${error.code}`;
  return error.code ?? error.signal ?? error.message;
}
