/** A human's yes before anything that changes how people log in. */
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

import { Option } from 'commander';

import { exitCodes } from '../../environment/exit-codes.ts';
import { StarterError } from './starter-error.ts';
import { wrap } from '../terminal/wrap.ts';

export interface Question {
  /** What will happen, and to whom: sentences. */
  consequences: readonly string[];
  /** "Start it?" */
  question: string;
  /** What a no leaves: "Nothing was started." */
  otherwise: string;
}

export interface Terminal {
  input: Readable & { isTTY?: boolean };
  /** Standard error, so that piped output stays clean. */
  output: NodeJS.WritableStream & { isTTY?: boolean; columns?: number };
}

/** For every command that asks. */
export function createYesOption(): Option {
  return new Option('-y, --yes', 'agree to what changes how people log in, without being asked (for scripts)');
}

/**
 * Comes back when the answer is yes; with `yes`, the option's, without asking. An answer other than yes is a no, and so is the end of the input.
 *
 * @throws {StarterError} when it is no (exit code 2), when nobody can be asked since there is no terminal (2), and on Ctrl-C (130)
 */
export async function askConsent(
  { consequences, question, otherwise }: Question,
  yes: boolean,
  { input, output }: Terminal = { input: process.stdin, output: process.stderr },
): Promise<void> {
  if (yes) return;
  if (input.isTTY !== true || output.isTTY !== true) {
    throw new StarterError(
      exitCodes.usage,
      `${otherwise} It has to be agreed to, and there is no terminal to ask on.\n` +
        `${consequences.join('\n')}\nTo agree, add --yes.`,
    );
  }
  const { columns = 0 } = output;
  const lines = columns === 0 ? consequences : consequences.flatMap((sentence) => wrap(sentence, columns, 0));
  output.write(`${lines.join('\n')}\n`);
  const answer = await ask(`${question} [y/N] `, input, output);
  if (answer === 'yes') return;
  throw new StarterError(answer === 'no' ? exitCodes.usage : exitCodes.interrupted, otherwise);
}

async function ask(
  question: string,
  input: Terminal['input'],
  output: Terminal['output'],
): Promise<'yes' | 'no' | 'interrupted'> {
  const lines = createInterface({ input, output });
  const { promise, resolve } = Promise.withResolvers<'yes' | 'no' | 'interrupted'>();
  const endLine = (answer: 'no' | 'interrupted') => () => {
    // Neither of the two keys that end it moves on to the next line.
    output.write('\n');
    resolve(answer);
  };
  const closed = endLine('no');
  lines.once('SIGINT', endLine('interrupted')).once('close', closed);
  lines.question(question, (answer) => {
    resolve(/^\s*y(?:es)?\s*$/iu.test(answer) ? 'yes' : 'no');
  });
  const answer = await promise;
  lines.off('close', closed).close();
  return answer;
}
