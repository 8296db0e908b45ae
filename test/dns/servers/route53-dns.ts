/** Shows the TXT values of a hosted zone in DNS, as Route 53's own servers would: copied into a zone of BIND. */
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { findExecutable } from './installed.ts';
import type { Named } from './named.ts';
import type { WrittenSet } from './route53-batch.ts';

/** For `startNamed`, so that hosted zones can be added while it runs. */
export const addableZones = 'allow-new-zones yes;';

/** Serves a new zone on these name servers, with nothing else in it. */
export async function addDnsZone(named: Named, apex: string, nameServers: readonly string[]): Promise<void> {
  const [primary = 'invalid'] = nameServers;
  const soa = `@ 900 IN SOA ${primary}. hostmaster.${apex}. 1 7200 900 1209600 60`;
  const ns = nameServers.map((server) => `@ 900 IN NS ${server}.`);
  const file = join(named.folder, `${apex}.hosted`);
  await writeFile(file, [soa, ...ns, ''].join('\n'));
  const statements = `type primary; file "${file}"; allow-update { key "${named.zoneKeyName}"; };`;
  await named.rndc('addzone', apex, `{ ${statements} };`);
}

/** Makes the TXT values at a name what the sets hold. */
export async function copyToDns(named: Named, zone: { apex: string; name: string; sets: readonly WrittenSet[] }) {
  const added = zone.sets
    .filter(({ name, type }) => type === 'TXT' && name === zone.name)
    .flatMap(({ ttl, values }) => values.map((value) => `update add ${zone.name} ${ttl} TXT ${toMasterFile(value)}`));
  await update(named, [`zone ${zone.apex}`, `update delete ${zone.name} TXT`, ...added, 'send', '']);
}

/** DNS master files have decimal escapes. */
function toMasterFile(value: string): string {
  return value.replaceAll(/\\([0-3][0-7]{2})|\\./gu, (escape, octal: string | undefined) =>
    octal === undefined ? escape : `\\${Number.parseInt(octal, 8).toString().padStart(3, '0')}`,
  );
}

async function update(named: Named, lines: readonly string[]): Promise<void> {
  const nsupdate = findExecutable('nsupdate');
  if (nsupdate === null) throw new Error('nsupdate is not installed');
  await new Promise<void>((resolve, reject) => {
    const child = execFile(nsupdate, ['-v', '-k', named.keyFile], (error) => (error ? reject(error) : resolve()));
    child.stdin?.end([`server ${named.address} ${named.port}`, ...lines].join('\n'));
  });
}
