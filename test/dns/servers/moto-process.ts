/** moto, which keeps hosted zones and record sets in memory behind the API of Route 53: a child process, from `.ci/install-moto`. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface Moto extends AsyncDisposable {
  /** `http://127.0.0.1:port` */
  readonly endpoint: string;
}

const requirements = fileURLToPath(new URL('../../../.ci/moto-requirements.txt', import.meta.url));

/**
 * True when moto is installed; false, said aloud, when the tests that need it are to be skipped.
 *
 * @throws {Error} that says what to do where `CI` is set: there nothing may be skipped unnoticed
 */
export function requireMoto(): boolean {
  if (existsSync(executable())) return true;
  const message = `moto not found in ${executable()}; install with: .ci/install-moto`;
  if (process.env['CI']) throw new Error(`These tests need moto: ${message}`);
  console.warn(`Skipping the tests that need moto: ${message}`);
  return false;
}

/** @throws {Error} with what it said when it does not start */
export async function startMoto(): Promise<Moto> {
  const child = spawn(executable(), ['--host', '127.0.0.1', '--port', '0'], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { PATH: process.env['PATH'], MOTO_CALL_RESET_API: 'false' },
  });
  const closed = once(child, 'close');
  const { promise: ready, resolve } = Promise.withResolvers<string | null>();
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    // It logs every request, too.
    if (said.length < 10_000) said += text;
    const endpoint = /Running on (http:\/\/127\.0\.0\.1:\d+)/u.exec(said)?.[1];
    if (endpoint !== undefined) resolve(endpoint);
  });
  closed.then(
    () => resolve(null),
    () => resolve(null),
  );

  const endpoint = await ready;
  if (endpoint === null) throw new Error(`moto did not start: ${said}`);
  return {
    endpoint,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await closed;
    },
  };
}

function executable(): string {
  const version = /^moto==(\S+)/mu.exec(readFileSync(requirements, 'utf8'))?.[1];
  if (version === undefined) throw new Error(`${requirements} does not name moto`);
  const cacheHome = process.env['XDG_CACHE_HOME'] ?? '';
  const cache = isAbsolute(cacheHome) ? cacheHome : join(homedir(), '.cache');
  return join(cache, 'cloudflare-sso-onboarding', `moto-${version}`, 'bin', 'moto_server');
}
