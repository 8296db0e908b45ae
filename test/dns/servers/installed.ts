/** Which of the real servers and tools this machine has: tests use them, and nothing else of the product does. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Debian's package of each executable. */
const packages: Readonly<Record<string, string>> = {
  named: 'bind9',
  rndc: 'bind9-utils',
  dig: 'bind9-dnsutils',
  nsupdate: 'bind9-dnsutils',
  'dnssec-keygen': 'bind9-utils',
  'dnssec-signzone': 'bind9-utils',
  nsd: 'nsd',
  unbound: 'unbound',
  script: 'bsdutils',
  python3: 'python3',
  pip3: 'python3-pip',
};

/** Where servers are installed, which is not on everybody's PATH. */
const serverFolders = ['/usr/local/sbin', '/usr/sbin', '/sbin'];

/** The path of an executable; `null` when it is not installed. */
export function findExecutable(name: string): string | null {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), ...serverFolders];
  for (const folder of folders) {
    const path = join(folder, name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not in this folder.
    }
  }
  return null;
}

/** @throws {Error} when it is not installed */
export function executable(name: string): string {
  const path = findExecutable(name);
  if (path === null) throw new Error(`${name} is not installed`);
  return path;
}

/**
 * True when all of them are installed; false, said aloud, when the tests that need them are to be skipped.
 *
 * @throws {Error} that says what to install where `CI` is set: there nothing may be skipped unnoticed
 */
export function requireInstalled(...executables: string[]): boolean {
  const missing = executables.filter((name) => findExecutable(name) === null);
  if (missing.length === 0) return true;
  const needed = [...new Set(missing.map((name) => packages[name] ?? name))].join(' ');
  const message = `${missing.join(', ')} not found; install with: apt-get install ${needed}`;
  if (process.env['CI']) throw new Error(`These tests need more than npm installs: ${message}`);
  console.warn(`Skipping the tests that need more than npm installs: ${message}`);
  return false;
}
