import type { Info } from '@temporalio/activity';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';

// Failing attempts are what many of these tests are about.
const logger = new DefaultLogger('ERROR');

/** One activity, tried again and again as the server does: each attempt is given the last beat that came of the earlier ones. */
export interface Tries<Result> {
  /** An attempt that reports back; its beats all arrive. */
  next: () => Promise<Result>;
  /** An attempt that is killed once the effect has come to this point; of its beats only the first so many arrive. */
  kill: (isReached: Promise<void>, beatsThatArrive: number) => Promise<void>;
  /** An attempt that is killed, and none of its beats has arrived. */
  lose: () => void;
}

export function startTries<Request, Result>(
  activity: (request: Request) => Promise<Result>,
  request: Request,
  info: Partial<Info> = {},
): Tries<Result> {
  let attempt = 0;
  let heartbeatDetails: unknown;

  function begin(): { beats: unknown[]; result: Promise<Result> } {
    attempt += 1;
    const beats: unknown[] = [];
    const environment = new MockActivityEnvironment(
      { startToCloseTimeoutMs: 60_000, ...info, attempt, heartbeatDetails },
      { logger },
    );
    environment.on('heartbeat', (details: unknown) => beats.push(details));
    return { beats, result: environment.run(activity, request) };
  }

  function keep(beats: unknown[]): void {
    if (beats.length > 0) heartbeatDetails = beats.at(-1);
  }

  return {
    async next() {
      const { beats, result } = begin();
      try {
        return await result;
      } finally {
        keep(beats);
      }
    },
    async kill(isReached, beatsThatArrive) {
      const { beats, result } = begin();
      // What becomes of it reaches nobody.
      result.catch(() => undefined);
      await isReached;
      keep(beats.slice(0, beatsThatArrive));
    },
    lose() {
      attempt += 1;
    },
  };
}
