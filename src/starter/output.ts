import type { Writable } from 'node:stream';

export interface Output {
  /** A terminal that can be redrawn. */
  isLive: boolean;
  /** Standard output: the value as one line of JSON with `--json`, else the lines. */
  print: (value: unknown, lines: string[]) => void;
  /** Standard error, so that piped output stays clean. */
  warn: (text: string) => void;
}

export function createOutput(json: boolean, stdout: Writable & { isTTY?: boolean }, stderr: Writable): Output {
  return {
    isLive: stdout.isTTY === true && !json,
    print(value, lines) {
      stdout.write(json ? `${JSON.stringify(value)}\n` : lines.map((line) => `${line}\n`).join(''));
    },
    warn(text) {
      stderr.write(`${text}\n`);
    },
  };
}
