/** NSD as a real authoritative server, a child process with a temporary folder of its own. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { findFreePort } from './free-port.ts';
import { runInForeground } from './run-in-foreground.ts';

export interface Nsd extends AsyncDisposable {
  readonly address: string;
  /** For UDP and TCP, the same after every change. */
  readonly port: number;
  /** Serves this master file from now on. */
  change: (apex: string, text: string) => Promise<void>;
}

/**
 * Starts it with these zones, as master files, and waits until it serves.
 *
 * @throws {Error} with what it said when it cannot
 */
export async function startNsd(address: string, zones: Record<string, string>): Promise<Nsd> {
  const port = await findFreePort(address);
  const folder = await mkdtemp(join(tmpdir(), 'sso-nsd-'));
  const file = join(folder, 'nsd.conf');
  const write = async (apex: string, text: string) => await writeFile(join(folder, `${apex}.zone`), text);
  const start = async () => await runInForeground('nsd', ['-d', '-c', file], /nsd started/);

  await writeFile(file, configure({ address, port, folder }, Object.keys(zones)));
  await Promise.all(Object.entries(zones).map(async ([apex, text]) => await write(apex, text)));
  let running = await start();
  return {
    address,
    port,
    async change(apex, text) {
      await write(apex, text);
      // A reload says that it has begun and not that it is done.
      await running.stop();
      running = await start();
    },
    async [Symbol.asyncDispose]() {
      await running.stop();
      await rm(folder, { recursive: true });
    },
  };
}

function configure(place: { address: string; port: number; folder: string }, apexes: readonly string[]): string {
  const { address, port, folder } = place;
  return `server:
  ip-address: ${address}@${port}
  server-count: 1
  username: ""
  database: ""
  pidfile: ""
  zonesdir: "${folder}"
  zonelistfile: "${join(folder, 'zone.list')}"
  xfrdfile: "${join(folder, 'xfrd.state')}"
  xfrdir: "${folder}"
remote-control:
  control-enable: no
${apexes.map((apex) => `zone:\n  name: "${apex}"\n  zonefile: "${apex}.zone"`).join('\n')}
`;
}
