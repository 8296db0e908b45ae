import { createLogUpdate } from 'log-update';

import { coloursOf, noColours } from './colours.ts';
import type { Colours } from './colours.ts';
import type { Streams } from './streams.ts';
import { wrap } from './wrap.ts';

export interface Output {
  /** Replaces its last text on standard output; `null`: that is not a terminal, or `--json` was given. */
  live: ReturnType<typeof createLogUpdate> | null;
  /** For standard output. */
  colours: Colours;
  /** The width of the terminal; `Infinity`: standard output is not a terminal. */
  readonly columns: number;
  /** On a terminal, breaks lines that are too long, and indents what follows; elsewhere returns the lines unchanged. */
  fit: (lines: readonly string[], indent: number) => string[];
  /** Writes to standard output: the value as one line of JSON with `--json`, else the lines. */
  print: (value: unknown, lines: readonly string[]) => void;
  /** Writes a line to standard error, so that piped output stays clean. */
  note: (text: string) => void;
  /** As `note`, in the colour of a warning. */
  warn: (text: string) => void;
}

export function createOutput({ stdout, stderr }: Omit<Streams, 'stdin'>, json: boolean): Output {
  const note = (text: string) => {
    stderr.write(`${text}\n`);
  };
  // A terminal that does not know its size reports 0 columns.
  const width = () => (stdout.isTTY === true && stdout.columns ? stdout.columns : Infinity);
  return {
    get columns() {
      return width();
    },
    live: stdout.isTTY === true && !json ? createLogUpdate(stdout) : null,
    colours: json ? noColours : coloursOf(stdout),
    fit(lines, indent) {
      const columns = width();
      return lines.flatMap((line) => wrap(line, columns, indent));
    },
    print(value, lines) {
      stdout.write(json ? `${JSON.stringify(value)}\n` : lines.map((line) => `${line}\n`).join(''));
    },
    note,
    warn: (text) => note(coloursOf(stderr).notable(text)),
  };
}
