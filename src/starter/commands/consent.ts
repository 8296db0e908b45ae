/** Asks for consent before a change to how people sign in. */
import { createInterface } from 'node:readline';

import { Option } from 'commander';

import { exitCodes } from '../../environment/exit-codes.ts';
import type { Streams } from '../terminal/streams.ts';
import { wrap } from '../terminal/wrap.ts';
import { StarterError } from './starter-error.ts';

export interface ConsentQuestion {
  /** What will happen, and to whom: sentences. */
  consequences: readonly string[];
  /** Such as "Start the onboarding?". */
  question: string;
  /** What is said after a no, such as "Nothing was started." */
  otherwise: string;
}

/** For every command that asks. */
export function createYesOption(): Option {
  return new Option('-y, --yes', 'Consent without being asked (for scripts)');
}

/**
 * Returns when the answer is yes. Any other answer is a no, and so is the end of the input.
 *
 * @param yes the option's value: consent was given, and nobody is asked
 * @throws {StarterError} on a no (exit code 2), without a terminal to ask on (2), and on Ctrl-C (130)
 */
export async function askConsent(
  { consequences, question, otherwise }: ConsentQuestion,
  yes: boolean | undefined,
  { stdin, stderr }: Pick<Streams, 'stdin' | 'stderr'>,
): Promise<void> {
  if (yes === true) return;
  if (stdin.isTTY !== true || stderr.isTTY !== true) {
    throw new StarterError(
      exitCodes.usage,
      `${otherwise} It needs your consent, and there is no terminal to ask on.\n` +
        `${consequences.join('\n')}\nTo agree, add --yes.`,
    );
  }
  const { columns = 0 } = stderr;
  const lines = columns === 0 ? consequences : consequences.flatMap((sentence) => wrap(sentence, columns, 0));
  stderr.write(`${lines.join('\n')}\n`);
  const answer = await ask(`${question} [y/N] `, stdin, stderr);
  if (answer === 'yes') return;
  throw new StarterError(answer === 'no' ? exitCodes.usage : exitCodes.interrupted, otherwise);
}

async function ask(
  question: string,
  input: Streams['stdin'],
  output: Streams['stderr'],
): Promise<'yes' | 'no' | 'interrupted'> {
  const lines = createInterface({ input, output });
  const { promise, resolve } = Promise.withResolvers<'yes' | 'no' | 'interrupted'>();
  const endLine = (answer: 'no' | 'interrupted') => () => {
    // Neither Ctrl-C nor Ctrl-D moves the cursor to the next line.
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
