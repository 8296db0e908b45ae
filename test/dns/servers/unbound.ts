/** Unbound as a real caching resolver, a child process with a temporary folder of its own. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { findFreePort } from './free-port.ts';
import { runInForeground } from './run-in-foreground.ts';

export interface UnboundOptions {
  address: string;
  /** Zones and where their authoritative server listens; other names it cannot resolve. */
  stubs: readonly { zone: string; server: { address: string; port: number } }[];
  /** DNSKEY or DS records in text form. With one or more it validates. */
  trustAnchors?: readonly string[];
}

export interface Unbound extends AsyncDisposable {
  readonly address: string;
  readonly port: number;
}

/**
 * Starts it with an empty cache and waits until it serves.
 *
 * @throws {Error} with what it said when it cannot
 */
export async function startUnbound(options: UnboundOptions): Promise<Unbound> {
  const { address } = options;
  const port = await findFreePort(address);
  const folder = await mkdtemp(join(tmpdir(), 'sso-unbound-'));
  const file = join(folder, 'unbound.conf');
  await writeFile(file, configure(options, port, folder));
  const { stop } = await runInForeground('unbound', ['-d', '-p', '-c', file], /start of service/);
  return {
    address,
    port,
    async [Symbol.asyncDispose]() {
      await stop();
      await rm(folder, { recursive: true });
    },
  };
}

function configure({ address, stubs, trustAnchors = [] }: UnboundOptions, port: number, folder: string): string {
  return `server:
  interface: ${address}@${port}
  access-control: 127.0.0.0/8 allow
  do-not-query-localhost: no
  do-daemonize: no
  use-syslog: no
  verbosity: 1
  num-threads: 1
  username: ""
  chroot: ""
  directory: "${folder}"
  module-config: "${trustAnchors.length > 0 ? 'validator iterator' : 'iterator'}"
${trustAnchors.map((anchor) => `  trust-anchor: "${anchor}"`).join('\n')}
  local-zone: "test." nodefault
remote-control:
  control-enable: no
${stubs.map(({ zone, server }) => `stub-zone:\n  name: "${zone}."\n  stub-addr: ${server.address}@${server.port}`).join('\n')}
`;
}
