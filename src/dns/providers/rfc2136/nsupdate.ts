/**
 * Sends DNS UPDATE messages (RFC 2136) with BIND's nsupdate. The script goes to standard input and a key stays in its file, so
 * neither is visible in the process list. https://bind9.readthedocs.io/en/v9.18.0/manpages.html#nsupdate
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';

import { DeadlineError, runWithin } from '../../wire/deadline.ts';
import { explainRefusal } from './refusals.ts';
import type { UpdateTarget } from './refusals.ts';
import { ProviderError } from '../../publishing/provider-error.ts';
import { cutIntoTxtStrings } from '../../wire/txt.ts';
import { formatSocketAddress } from '../../wire/socket-address.ts';
import type { Finding, ProviderCallOptions } from '../../publishing/provider.ts';

/** `keyFile`: a key as `tsig-keygen` writes it. `gss-tsig`: the ticket in the process's Kerberos cache. */
export type UpdateAuthentication = { kind: 'tsig'; keyFile: string } | { kind: 'gss-tsig' };

interface Update extends UpdateTarget {
  /** nsupdate's prerequisites and changes, sent as one message. */
  commands: readonly string[];
}

const installing = 'install it where the worker runs (on Debian and Ubuntu: apt-get install bind9-dnsutils)';

/** Whether nsupdate can be run. */
export async function checkNsupdate({ signal, timeoutMilliseconds }: ProviderCallOptions): Promise<Finding> {
  const subject = 'nsupdate';
  try {
    const { code } = await runWithin(timeoutMilliseconds, signal, async (stop) => await run(['-V'], '', stop));
    if (code === 0) return { subject, ok: true, found: 'it can be run', remedy: null };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof DeadlineError) return { subject, ok: false, found: error.message, remedy: installing };
  }
  return { subject, ok: false, found: 'it cannot be run', remedy: installing };
}

/**
 * Sends one message over TCP. An accepted message may still have changed nothing.
 *
 * @throws {ProviderError} when it was refused, or no answer came
 * @throws the reason of `signal` once it is aborted; nsupdate has ended by then
 */
export async function sendDnsUpdate(
  update: Update,
  authentication: UpdateAuthentication,
  { signal, timeoutMilliseconds }: ProviderCallOptions,
): Promise<void> {
  signal.throwIfAborted();
  if (authentication.kind === 'tsig') await checkKeyFile(authentication.keyFile);
  const seconds = Math.max(1, Math.floor(timeoutMilliseconds / 1000));
  const credentials = authentication.kind === 'tsig' ? ['-k', authentication.keyFile] : ['-g'];
  const args = ['-v', '-t', `${seconds}`, ...credentials];
  try {
    const send = async (stop: AbortSignal) => await run(args, scriptOf(update), stop);
    const { code, stderr } = await runWithin(timeoutMilliseconds, signal, send);
    if (code !== 0) throw explainRefusal(stderr, update);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof ProviderError) throw error;
    if (error instanceof DeadlineError) {
      const problem = `the primary ${formatSocketAddress(update.primary)}: ${error.message}`;
      throw new ProviderError('unavailable', problem, 'it is retried', { cause: error });
    }
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    const isMissing = code === 'ENOENT' || code === 'EACCES';
    throw isMissing
      ? new ProviderError('unauthorised', 'nsupdate cannot be run', installing, { cause: error })
      : new ProviderError('busy', `nsupdate could not be started (${code})`, 'it is retried', { cause: error });
  }
}

function scriptOf({ primary, zone, commands }: Update): string {
  return [`server ${primary.address} ${primary.port}`, `zone ${zone}.`, ...commands, 'send', ''].join('\n');
}

/** With a key that it cannot read, nsupdate would send the message without a signature. */
async function checkKeyFile(keyFile: string): Promise<void> {
  const unusable = (fault: string, cause?: unknown): ProviderError =>
    new ProviderError(
      'unauthorised',
      `the key file ${keyFile} ${fault}`,
      'name a file in RFC2136_TSIG_KEY_FILE that the worker can read and that holds one key as tsig-keygen writes it',
      { cause },
    );
  let content: string;
  try {
    content = await readFile(keyFile, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    throw unusable(`cannot be read (${code})`, error);
  }
  const [, secret] = keyStatement.exec(content) ?? [];
  if (secret === undefined) throw unusable('holds no key statement');
  if (Buffer.from(secret, 'base64').toString('base64') !== secret) throw unusable('holds a secret that is not base64');
}

const keyStatement =
  /\bkey\s+"?[\w.-]+"?\s*\{(?=[^}]*\balgorithm\s+"?[\w.-]+"?\s*;)[^}]*\bsecret\s+"?([\w+/=]+)"?\s*;[^}]*\}\s*;/u;

/** Its exit code, and its standard error, which must not be quoted: it may repeat a secret. */
async function run(
  args: readonly string[],
  script: string,
  stop: AbortSignal,
): Promise<{ code: number; stderr: string }> {
  stop.throwIfAborted();
  const child = spawn('nsupdate', args, { env: environment(), stdio: ['pipe', 'ignore', 'pipe'] });
  const kill = (): void => {
    child.kill('SIGKILL');
  };
  stop.addEventListener('abort', kill, { once: true });
  // It may end before it has read everything; its exit code says why.
  child.stdin.on('error', () => undefined);
  child.stdin.end(script);
  try {
    const [stderr] = await Promise.all([text(child.stderr), once(child, 'close')]);
    stop.throwIfAborted();
    return { code: child.exitCode ?? 1, stderr };
  } finally {
    stop.removeEventListener('abort', kill);
  }
}

function environment(): NodeJS.ProcessEnv {
  const needed = Object.entries(process.env).filter(([name]) => name === 'PATH' || name.startsWith('KRB5'));
  return { ...Object.fromEntries(needed), LC_ALL: 'C' };
}

/** The value in UTF-8 as character-strings, each as long as possible. */
export function splitTxtValue(value: string): Uint8Array[] {
  return cutIntoTxtStrings(Buffer.from(value, 'utf8'));
}

/** Quoted strings as nsupdate reads them (RFC 1035 §5.1), with every byte that is special to a parser as `\DDD`, in decimal. */
export function formatTxtStrings(strings: readonly Uint8Array[]): string {
  return strings.map((bytes) => `"${Array.from(bytes, formatByte).join('')}"`).join(' ');
}

function formatByte(byte: number): string {
  const character = String.fromCodePoint(byte);
  return /[\w=.:/+-]/u.test(character) ? character : `\\${byte.toString().padStart(3, '0')}`;
}
