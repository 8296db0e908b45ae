/** BIND as a real authoritative server, a child process with a temporary folder of its own. */
import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { findFreePort } from './free-port.ts';
import { executable } from './installed.ts';

export interface NamedZone {
  apex: string;
  /** A master file. A secondary has none. */
  text?: string;
  /** `key`: who has `keyFile` may change anything. `none` (the default) unless `extra` says otherwise. */
  update?: 'key' | 'none';
  type?: 'primary' | 'secondary';
  /** Where a secondary gets the zone: `ip port n`. */
  primaries?: string;
  /** Further statements of the zone. */
  extra?: string;
}

export interface NamedOptions {
  zones: readonly NamedZone[];
  /** default: 127.0.0.1. */
  address?: string;
  /** Default: a free one. */
  port?: number;
  recursion?: boolean;
  /** Further statements inside `options`. */
  options?: string;
  /** Further statements at the top level. */
  extra?: string;
}

export interface Named extends AsyncDisposable {
  readonly address: string;
  /** For UDP and TCP, the same after every start. */
  readonly port: number;
  /** Holds the TSIG key `test-key` as `tsig-keygen` writes it. */
  readonly keyFile: string;
  readonly zoneKeyName: string;
  /** What is inside the key file and must be nowhere else. */
  readonly secret: string;
  /** Configuration, zone files and journals. */
  readonly folder: string;
  /** All that the server has said; its queries too with `querylog yes;` among the options. */
  readonly log: string;
  rndc: (...args: string[]) => Promise<string>;
  /** SIGKILL, and until it is gone. */
  stop: () => Promise<void>;
  /** Starts it again after `stop`, on the same port, zone files and journals. */
  start: () => Promise<void>;
}

const run = promisify(execFile);
const keyName = 'test-key';
const startTries = 5;

/**
 * Starts a server and waits until it has loaded its zones.
 *
 * @throws {Error} with what the server said when it cannot
 */
export async function startNamed(options: NamedOptions): Promise<Named> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await tryToStart(options);
    } catch (error) {
      // Somebody else took the port that was free a moment ago.
      const isTaken = error instanceof Error && error.message.includes('address in use');
      if (!isTaken || options.port !== undefined || attempt === startTries) throw error;
    }
  }
}

/** What `dig` shows when it asks this server: `dig(named, 'example.test', 'TXT', '+short')`. */
export async function dig({ address, port }: Pick<Named, 'address' | 'port'>, ...args: string[]): Promise<string> {
  const where = [`@${address}`, '-p', `${port}`];
  const { stdout } = await run(executable('dig'), [...where, '+time=5', '+tries=1', ...args]);
  return stdout;
}

async function alreadyGone(): Promise<void> {}

async function tryToStart(options: NamedOptions): Promise<Named> {
  const address = options.address ?? '127.0.0.1';
  const port = options.port ?? (await findFreePort(address));
  // BIND shares a port between both without a word, and then closes connections for DNS.
  let controlPort = port;
  while (controlPort === port) controlPort = await findFreePort(address);
  const folder = await mkdtemp(join(tmpdir(), 'sso-named-'));
  const keyFile = join(folder, 'test.key');
  const secret = randomBytes(32).toString('base64');
  const output = { log: '' };
  let kill = alreadyGone;

  const named: Named = {
    address,
    port,
    keyFile,
    zoneKeyName: keyName,
    secret,
    folder,
    get log() {
      return output.log;
    },
    async rndc(...args) {
      const where = ['-s', address, '-p', `${controlPort}`, '-k', keyFile, '-y', keyName];
      return (await run(executable('rndc'), [...where, ...args])).stdout;
    },
    stop: async () => await kill(),
    async start() {
      kill = await spawnNamed(folder, output);
    },
    async [Symbol.asyncDispose]() {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };

  await writeFile(keyFile, `key "${keyName}" {\n\talgorithm hmac-sha256;\n\tsecret "${secret}";\n};\n`);
  for (const { apex, text } of options.zones) {
    if (text !== undefined) await writeFile(join(folder, `${apex}.zone`), text);
  }
  await writeFile(join(folder, 'named.conf'), configure(options, { address, port, controlPort, folder }));
  try {
    await named.start();
  } catch (error) {
    await named[Symbol.asyncDispose]();
    throw error;
  }
  return named;
}

interface Place {
  address: string;
  port: number;
  controlPort: number;
  folder: string;
}

function configure(options: NamedOptions, { address, port, controlPort, folder }: Place): string {
  const listenOn = address.includes(':')
    ? `listen-on { none; }; listen-on-v6 port ${port} { ${address}; };`
    : `listen-on port ${port} { ${address}; }; listen-on-v6 { none; };`;
  return `include "${join(folder, 'test.key')}";
controls { inet ${address} port ${controlPort} allow { any; } keys { "${keyName}"; }; };
options {
  directory "${folder}";
  pid-file none;
  lock-file none;
  session-keyfile "${join(folder, 'session.key')}";
  ${listenOn}
  ${options.recursion === true ? 'recursion yes; allow-recursion { any; };' : 'recursion no;'}
  dnssec-validation no;
  empty-zones-enable no;
  notify no;
  ${options.options ?? ''}
};
${options.zones.map((zone) => configureZone(zone, folder)).join('\n')}
${options.extra ?? ''}
`;
}

function configureZone({ apex, type = 'primary', update = 'none', primaries, extra }: NamedZone, folder: string) {
  return `zone "${apex}" {
  type ${type};
  file "${join(folder, `${apex}.zone`)}";
  ${primaries === undefined ? '' : `primaries { ${primaries}; };`}
  ${update === 'key' ? `allow-update { key "${keyName}"; };` : ''}
  ${extra ?? ''}
};`;
}

/** Answers how to kill it, once it serves. */
async function spawnNamed(folder: string, output: { log: string }): Promise<() => Promise<void>> {
  // One thread, in the foreground, with its log on standard error.
  const args = ['-g', '-n', '1', '-c', join(folder, 'named.conf')];
  const child = spawn(executable('named'), args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const closed = once(child, 'close');
  const start = output.log.length;
  const { promise: settled, resolve } = Promise.withResolvers<'running' | 'failed'>();
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output.log += text;
    const said = output.log.slice(start);
    if (/address in use|not loaded due to errors/u.test(said)) resolve('failed');
    else if (/ running$/mu.test(said)) resolve('running');
  });
  closed.then(
    () => resolve('failed'),
    () => resolve('failed'),
  );

  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await closed;
  };
  if ((await settled) === 'running') return kill;
  await kill();
  throw new Error(`named did not start: ${output.log.slice(start)}`);
}
