/** DNSSEC as BIND's own tools sign. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { findExecutable } from './installed.ts';

const run = promisify(execFile);

export interface SignedZone {
  /** A master file. */
  text: string;
  /** The DNSKEY record to trust. */
  trustAnchor: string;
}

/** @param validity as `dnssec-signzone` reads `-s` and `-e`: `now+3600`, `now-3600` … */
export async function signZone(
  apex: string,
  text: string,
  validity: { start: string; end: string },
): Promise<SignedZone> {
  const folder = await mkdtemp(join(tmpdir(), 'sso-sign-'));
  try {
    await writeFile(join(folder, 'zone'), text);
    const options = { cwd: folder };
    const { stdout } = await run(
      path('dnssec-keygen'),
      ['-q', '-a', 'ECDSAP256SHA256', '-f', 'KSK', '-n', 'ZONE', apex],
      options,
    );
    // One key for everything; `-P`: do not refuse signatures that have expired.
    const times = ['-s', validity.start, '-e', validity.end];
    await run(path('dnssec-signzone'), ['-P', '-S', '-z', ...times, '-o', apex, '-f', 'signed', 'zone'], options);
    const keyFile = await readFile(join(folder, `${stdout.trim()}.key`), 'utf8');
    const trustAnchor = keyFile.split('\n').find((line) => line.includes('DNSKEY') && !line.startsWith(';'));
    if (trustAnchor === undefined) throw new Error(`No DNSKEY in ${keyFile}`);
    return { text: await readFile(join(folder, 'signed'), 'utf8'), trustAnchor };
  } finally {
    await rm(folder, { recursive: true });
  }
}

function path(executable: string): string {
  const found = findExecutable(executable);
  if (found === null) throw new Error(`${executable} is not installed`);
  return found;
}
