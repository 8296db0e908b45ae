import type { Readable } from 'node:stream';

type OutputStream = NodeJS.WritableStream & { isTTY?: boolean; columns?: number };

/** The standard streams of the process; a test passes its own. */
export interface Streams {
  stdin: Readable & { isTTY?: boolean };
  stdout: OutputStream;
  stderr: OutputStream;
}
