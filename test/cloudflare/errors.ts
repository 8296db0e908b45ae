import { inspect } from 'node:util';

import { CloudflareError } from '../../src/cloudflare/cloudflare-error.ts';

/** Everything that a log, a history or a debugger could show of a value, to check what it must not contain. */
export function everyFormOf(value: unknown): string {
  const texts = [String(value), JSON.stringify(value), inspect(value, { depth: Infinity, showHidden: true })];
  if (value instanceof Error) texts.push(value.message, value.stack ?? '', everyFormOf(value.cause ?? null));
  return texts.join('\n');
}

/** The error that a call ends with. */
export async function errorOf(call: Promise<unknown>): Promise<CloudflareError> {
  try {
    await call;
  } catch (error) {
    if (error instanceof CloudflareError) return error;
    throw error;
  }
  throw new Error('The call succeeded');
}
