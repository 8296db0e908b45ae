/** A checkout in a temporary folder with the real set-up scripts, and fakes of what they call. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
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

export const workingCli = 'echo "temporal version 9.9.9 (Server 9, UI 9)"';

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

export class FakeCheckout extends TemporaryFolder {
  /** The only folder on PATH. */
  readonly bin = this.join('bin');
  /** Where set-up puts a CLI that it builds. */
  readonly built = this.join('cache/cloudflare-sso-onboarding/temporal-cli-9.9.9/temporal');

  constructor() {
    super();
    cpSync(join(root, 'scripts'), this.join('scripts'), { recursive: true });
    mkdirSync(this.bin);
    mkdirSync(this.join('tools/temporal-cli'), { recursive: true });
    writeFileSync(this.join('tools/temporal-cli/go.mod'), 'require github.com/temporalio/cli v9.9.9\n');
    writeFileSync(this.join('package.json'), '{ "type": "module" }\n');
    writeFileSync(this.join('package-lock.json'), '{}\n');
    mkdirSync(this.join('node_modules/.bin'), { recursive: true });
    symlinkSync(process.execPath, this.join('node_modules/.bin/node'));
    writeFileSync(this.join('node_modules/.package-lock.json'), '{}\n');
  }

  /** A fake `npm` or `go`, which also notes each call in `calls`. */
  addCommand(name: string, body: string): void {
    writeExecutable(join(this.bin, name), `echo "${name} $*" >> '${this.join('calls')}'\n${body}`);
  }

  /** The commands called so far, one a line. */
  calls(): string {
    writeFileSync(this.join('calls'), '', { flag: 'a' });
    return readFileSync(this.join('calls'), 'utf8');
  }

  start(environment: Record<string, string> = {}): { process: ChildProcess; ended: Promise<Ended> } {
    const child = spawn(process.execPath, [this.join('scripts/set-up.js')], {
      cwd: this.path,
      env: { PATH: this.bin, HOME: this.path, XDG_CACHE_HOME: this.join('cache'), ...environment },
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

/** A fake `go build`: runs `body` with the path it is to write in `$out`. */
export function goBuild(body: string): string {
  return `while [ "$1" != -o ]; do shift; done\nout=$2\n${body}`;
}

/** For `goBuild`: writes the executable in two steps, as a linker would. */
export const writeWorkingCli = `echo '#!/bin/sh' > "$out"\n/bin/chmod 755 "$out"\necho '${workingCli}' >> "$out"`;
