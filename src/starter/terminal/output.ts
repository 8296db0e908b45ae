import { coloursOf, noColours } from './colours.ts';
import type { Colours } from './colours.ts';
import { wrap } from './wrap.ts';

export interface Output {
  /** A terminal that can be redrawn. */
  isLive: boolean;
  /** Of standard output. */
  colours: Colours;
  /** The terminal's width; `Infinity` where there is none. */
  readonly columns: number;
  /** On a terminal, breaks lines where they end there, what follows indented; elsewhere a line stays a line. */
  fit: (lines: readonly string[], indent: number) => string[];
  /** Standard output: the value as one line of JSON with `--json`, else the lines. */
  print: (value: unknown, lines: string[]) => void;
  /** Standard error, so that piped output stays clean. */
  tell: (text: string) => void;
  /** The same, of what is not as it should be. */
  warn: (text: string) => void;
}

type Stream = NodeJS.WritableStream & { isTTY?: boolean; columns?: number };

export function createOutput(json: boolean, stdout: Stream, stderr: Stream): Output {
  const tell = (text: string) => {
    stderr.write(`${text}\n`);
  };
  // A terminal that does not know its size says 0.
  const width = () => (stdout.isTTY === true && stdout.columns ? stdout.columns : Infinity);
  return {
    get columns() {
      return width();
    },
    isLive: stdout.isTTY === true && !json,
    colours: json ? noColours : coloursOf(stdout),
    fit(lines, indent) {
      const columns = width();
      return lines.flatMap((line) => wrap(line, columns, indent));
    },
    print(value, lines) {
      stdout.write(json ? `${JSON.stringify(value)}\n` : lines.map((line) => `${line}\n`).join(''));
    },
    tell,
    warn: (text) => tell(coloursOf(stderr).notable(text)),
  };
}

/** On this process's own streams. */
export function outputOf({ json }: { json?: boolean | undefined }): Output {
  return createOutput(json === true, process.stdout, process.stderr);
}
