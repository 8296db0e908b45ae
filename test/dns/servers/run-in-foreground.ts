/** A server as a child process that stays in the foreground and says on standard error when it serves. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

import { findExecutable } from './installed.ts';

export interface ForegroundServer {
  /** SIGTERM, which such servers pass on to children of their own, and until it is gone. */
  stop: () => Promise<void>;
}

/** @throws {Error} with what it said, when it ends before it serves */
export async function runInForeground(executable: string, args: string[], ready: RegExp): Promise<ForegroundServer> {
  const path = findExecutable(executable);
  if (path === null) throw new Error(`${executable} is not installed`);
  const child = spawn(path, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const closed = once(child, 'close');
  const { promise: serves, resolve } = Promise.withResolvers<boolean>();
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
    if (ready.test(said)) resolve(true);
  });
  closed.then(
    () => resolve(false),
    () => resolve(false),
  );
  if (!(await serves)) throw new Error(`${executable} did not start: ${said}`);
  return {
    async stop() {
      child.kill('SIGTERM');
      await closed;
    },
  };
}
