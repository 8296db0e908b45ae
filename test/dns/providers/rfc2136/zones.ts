/** Zones on a real primary, providers that publish there, and what the primary then has. */
import { execFile } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import type { PublishingZone } from '../../../../src/contract/schemas/dns.ts';
import type { UpdateAuthentication } from '../../../../src/dns/providers/rfc2136/nsupdate.ts';
import { createRfc2136Provider } from '../../../../src/dns/providers/rfc2136/provider.ts';
import type { SocketAddress } from '../../../../src/dns/wire/socket-address.ts';
import type { TxtRecordProvider, TxtTarget, WantedZone } from '../../../../src/dns/publishing/provider.ts';
import { value } from '../calls.ts';
import { executable } from '../../servers/installed.ts';
import { dig, startNamed } from '../../servers/named.ts';
import type { Named, NamedZone } from '../../servers/named.ts';

/** A zone with these lines of a master file, open to the holder of the key by default. */
export function zoneOf(apex: string, lines: readonly string[] = [], how: Partial<NamedZone> = {}): NamedZone {
  const text = ['$TTL 3600', '@ SOA ns hostmaster 1 3600 600 86400 300', '@ NS ns', 'ns A 127.0.0.1', ...lines, ''];
  return { apex, text: text.join('\n'), update: 'key', ...how };
}

/** A primary of these zones that also says what it was asked. */
export async function startPrimary(...zones: NamedZone[]): Promise<Named> {
  return await startNamed({ zones, options: 'querylog yes;' });
}

export function providerAt(
  server: SocketAddress | null,
  authentication: UpdateAuthentication | Named,
): TxtRecordProvider {
  const key = 'kind' in authentication ? authentication : ({ kind: 'tsig', keyFile: authentication.keyFile } as const);
  return createRfc2136Provider({ server, authentication: key }, neverAsked);
}

export async function neverAsked(): Promise<never> {
  return await Promise.reject(new Error('The primary is known already'));
}

export function targetAt(name: string, apex = name): TxtTarget & { recordId: null } {
  return { zone: { apex, zoneId: null }, shown: null, name, value, runId: 'a-run', recordId: null };
}

export function wantedAt(emailDomain: string, shown: PublishingZone | null): WantedZone {
  return { accountId: '0123456789abcdef0123456789abcdef', emailDomain, shown };
}

/** The zone as discovered, on these name servers. */
export function shownZone(apex: string, ...nameServers: string[]): PublishingZone {
  return { apex, nameServers: nameServers.length === 0 ? [`ns.${apex}`] : nameServers, source: 'discovered' };
}

/** The TXT records of a name as a master file has them, TTL first, in a fixed order. */
export async function recordsAt(named: Named, name: string): Promise<string[]> {
  const answer = await dig(named, name, 'TXT', '+norecurse', '+tcp', '+noall', '+answer');
  const records = answer.split('\n').flatMap((line) => {
    const [, ttl, text] = /^\S+\s+(\d+)\s+IN\s+TXT\s+(.*)$/u.exec(line) ?? [];
    return ttl === undefined || text === undefined ? [] : [`${ttl} ${text}`];
  });
  return records.toSorted();
}

export async function serialOf(named: Named, apex: string): Promise<string | undefined> {
  return (await dig(named, apex, 'SOA', '+short')).split(' ')[2];
}

/** A key file for this primary that differs from its own. */
export async function writeKey(
  { folder, zoneKeyName, secret }: Named,
  key: { name?: string; secret?: string; algorithm?: string },
): Promise<string> {
  const path = join(folder, `${crypto.randomUUID()}.key`);
  const { name = zoneKeyName, algorithm = 'hmac-sha256' } = key;
  const text = `key "${name}" {\n\talgorithm ${algorithm};\n\tsecret "${key.secret ?? secret}";\n};\n`;
  await writeFile(path, text);
  return path;
}

/** What somebody else does to the zone, with another client. */
export async function edit(named: Named, apex: string, changes: readonly string[]): Promise<void> {
  const script = [`server ${named.address} ${named.port}`, `zone ${apex}.`, ...changes, 'send', ''].join('\n');
  const path = join(named.folder, `${crypto.randomUUID()}.nsupdate`);
  await writeFile(path, script);
  await promisify(execFile)(executable('nsupdate'), ['-v', '-k', named.keyFile, path]);
}

/** The command lines of the nsupdate processes that this process has started and that still run. */
export async function listNsupdates(): Promise<string[]> {
  const lines: string[] = [];
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/u.test(entry)) continue;
    try {
      const [, parent] = /^PPid:\s+(\d+)$/mu.exec(await readFile(`/proc/${entry}/status`, 'utf8')) ?? [];
      if (Number(parent) !== process.pid) continue;
      const line = (await readFile(`/proc/${entry}/cmdline`, 'utf8')).replaceAll('\0', ' ');
      if (line.startsWith('nsupdate')) lines.push(line);
    } catch {
      // It has ended in the meantime.
    }
  }
  return lines;
}
