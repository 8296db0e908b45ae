import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';

import { CancelledFailure } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { describe, expect, test } from 'vitest';

import { perform } from '../../src/activities/perform.ts';
import type { EffectOptions } from '../../src/activities/perform.ts';
import { CloudflareError } from '../../src/cloudflare/cloudflare-error.ts';
import type { CloudflareErrorFields } from '../../src/cloudflare/cloudflare-error.ts';
import { failureOfActivity, retry } from './run-activity.ts';
import { startTries } from './tries.ts';

type Script = (options: EffectOptions) => Promise<void> | void;

/** An effect that does as the scripts say, one per attempt, and then answers whether an earlier attempt may have written. */
function startScript(...scripts: Script[]) {
  const rest = [...scripts];
  const activity = async () =>
    await perform(retry, async (options) => {
      await rest.shift()?.(options);
      return options.mayHaveWritten;
    });
  return startTries<null, boolean>(activity, null, { heartbeatTimeoutMs: 40 });
}

function failing(fields: Partial<CloudflareErrorFields>): CloudflareError {
  return new CloudflareError({ kind: 'refused', method: 'POST', path: 'zones', messages: [], ...fields });
}

/** Dies in what it does before its write, such as its look. */
const diesBeforeItsWrite: Script = () => {
  throw failing({ kind: 'network', method: 'GET' });
};

/** Sends its write, and gets this for an answer. */
function writesAndFails(error: Error = failing({ kind: 'network' })): Script {
  return ({ aboutToWrite }) => {
    aboutToWrite();
    throw error;
  };
}

/** Runs these attempts, all of which fail, and answers what the next one knows. */
async function knownAfter(...earlier: Script[]): Promise<boolean> {
  const { next } = startScript(...earlier);
  for (const _ of earlier) await failureOfActivity(next());
  return await next();
}

describe('whether an earlier attempt may have written', () => {
  test('is no at the first', async () => {
    expect(await knownAfter()).toBe(false);
  });

  test('is no while every attempt has died before its write', async () => {
    expect(await knownAfter(diesBeforeItsWrite)).toBe(false);
    expect(await knownAfter(diesBeforeItsWrite, diesBeforeItsWrite, diesBeforeItsWrite)).toBe(false);
  });

  test('is yes after a write whose answer did not come', async () => {
    expect(await knownAfter(writesAndFails())).toBe(true);
    expect(await knownAfter(diesBeforeItsWrite, writesAndFails())).toBe(true);
  });

  test('stays yes, however many attempts die before their write after that', async () => {
    expect(await knownAfter(writesAndFails(), diesBeforeItsWrite)).toBe(true);
    expect(await knownAfter(writesAndFails(), diesBeforeItsWrite, diesBeforeItsWrite)).toBe(true);
  });

  test.each<[string, Partial<CloudflareErrorFields>]>([
    ['a refusal', { status: 400 }],
    ['a conflict', { status: 409 }],
    ['a token that is not accepted', { status: 401 }],
    ['a token that may not', { status: 403 }],
    ['no token to send', { kind: 'no-token' }],
    ['too many calls', { status: 429 }],
  ])('is no after a write that was answered with a definite no: %s', async (_, fields) => {
    const refused = writesAndFails(failing(fields));
    expect(await knownAfter(refused)).toBe(false);
    expect(await knownAfter(diesBeforeItsWrite, refused, refused)).toBe(false);
    // Which says nothing of a write before it.
    expect(await knownAfter(writesAndFails(), refused)).toBe(true);
    expect(await knownAfter(refused, writesAndFails(), refused)).toBe(true);
  });

  test.each<[string, Error]>([
    ['a timeout', failing({ kind: 'timeout' })],
    ['an answer in another shape', failing({ kind: 'malformed', status: 200 })],
    ['a web page that forbids', failing({ kind: 'malformed', status: 403 })],
    ['a 500', failing({ status: 500 })],
    ['a 408', failing({ status: 408 })],
    ['a 200 that says it is no success', failing({ status: 200 })],
    ['a failure of a later look', ApplicationFailure.create({ type: 'CloudflareUnavailable', message: 'not yet' })],
    ['a fault of the program', new TypeError('x is not a function')],
  ])('is yes after a write that ended with %s', async (_, error) => {
    const { next } = startScript(writesAndFails(error));
    await expect(next()).rejects.toBeInstanceOf(Error);
    expect(await next()).toBe(true);
  });

  test('does not change within the attempt that writes', async () => {
    const seen: boolean[] = [];
    const { next } = startScript((options) => {
      options.aboutToWrite();
      seen.push(options.mayHaveWritten);
    });
    expect(await next()).toBe(false);
    expect(seen).toEqual([false]);
  });
});

describe('an attempt that was killed may have written', () => {
  test('when nothing was heard of it', async () => {
    const { lose, next } = startScript();
    lose();
    expect(await next()).toBe(true);
  });

  test('and the attempts after it do not forget that', async () => {
    const { lose, next } = startScript(diesBeforeItsWrite, writesAndFails(failing({ status: 409 })));
    lose();
    await failureOfActivity(next());
    await failureOfActivity(next());
    expect(await next()).toBe(true);
  });

  test('when nothing was heard of it, though the ones before it had sent nothing', async () => {
    const { lose, next } = startScript(diesBeforeItsWrite, diesBeforeItsWrite);
    await failureOfActivity(next());
    await failureOfActivity(next());
    lose();
    expect(await next()).toBe(true);
  });

  // The SDK holds back beats that follow each other closely, and a killed worker takes them with it.
  test.each<[string, Script[], number]>([
    ['at the first attempt, and all its beats arrived', [], Infinity],
    ['at the first attempt, and only its first beat arrived', [], 1],
    ['after an attempt that had sent nothing, and all its beats arrived', [diesBeforeItsWrite], Infinity],
    ['after an attempt that had sent nothing, and only its first beat arrived', [diesBeforeItsWrite], 1],
    ['after an attempt that had sent nothing, and no beat arrived', [diesBeforeItsWrite], 0],
  ])('while it was about to write, %s', async (_, earlier, beatsThatArrive) => {
    const written = Promise.withResolvers<void>();
    const { next, kill } = startScript(...earlier, async ({ aboutToWrite }) => {
      await setTimeout(100);
      aboutToWrite();
      await setTimeout(100);
      written.resolve();
      await Promise.withResolvers<never>().promise;
    });
    for (const _try of earlier) await failureOfActivity(next());
    await kill(written.promise, beatsThatArrive);
    expect(await next()).toBe(true);
  });

  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['words of another version', 'nothing sent'],
    ['a number', 1],
    ['an object of another version', { memory: 'nothing sent' }],
    ['a number that is none', { nothingSentUpTo: '1' }],
    ['what an older attempt had sent', { nothingSentUpTo: 1 }],
    ['what no attempt can have said', { nothingSentUpTo: 3 }],
  ])('when its beats say %s', async (_, heartbeatDetails) => {
    const environment = new MockActivityEnvironment({ attempt: 3, heartbeatDetails });
    const known = await environment.run(
      async () => await perform(retry, async ({ mayHaveWritten }) => await Promise.resolve(mayHaveWritten)),
    );
    expect(known).toBe(true);
  });
});

describe('a failure says whether anything may have been written', () => {
  test.each<[string, Script[], boolean]>([
    ['not by an attempt that died before its write', [diesBeforeItsWrite], false],
    ['not by attempts that all died before it', [diesBeforeItsWrite, diesBeforeItsWrite], false],
    ['not by an attempt that was refused', [writesAndFails(failing({ status: 409 }))], false],
    ['by an attempt whose answer did not come', [writesAndFails()], true],
    ['by an earlier attempt, though this one was refused', [writesAndFails(), writesAndFails(failing({}))], true],
    ['by an earlier attempt, though this one died before its write', [writesAndFails(), diesBeforeItsWrite], true],
  ])('%s', async (_, scripts, mayHaveWritten) => {
    const { next } = startScript(...scripts);
    const failures = [];
    for (const _script of scripts) failures.push(await failureOfActivity(next()));
    expect(failures.at(-1)?.details).toMatchObject([{ mayHaveWritten }]);
  });

  test('by a killed attempt, though this one was refused', async () => {
    const { lose, next } = startScript(writesAndFails(failing({ status: 409 })));
    lose();
    expect((await failureOfActivity(next())).details).toMatchObject([{ mayHaveWritten: true }]);
  });
});

describe('an effect', () => {
  test('sends heartbeats without details', async () => {
    const environment = new MockActivityEnvironment({ startToCloseTimeoutMs: 600_000, heartbeatTimeoutMs: 40 });
    const beats: unknown[] = [];
    await environment.run(
      async () =>
        await perform(retry, async ({ aboutToWrite }) => {
          beats.push(...((await once(environment, 'heartbeat')) as unknown[]));
          aboutToWrite();
          beats.push(...((await once(environment, 'heartbeat')) as unknown[]));
        }),
    );
    expect(beats).toEqual([undefined, undefined]);
  });

  test('that has ended sends no heartbeat', async () => {
    const environment = new MockActivityEnvironment({ startToCloseTimeoutMs: 600_000, heartbeatTimeoutMs: 4 });
    await environment.run(async () => await perform(retry, async () => await Promise.resolve()));
    let beats = 0;
    environment.on('heartbeat', () => (beats += 1));
    await setTimeout(50);
    expect(beats).toBe(0);
  });

  test('learns of a cancellation, which passes through as it is', async () => {
    const environment = new MockActivityEnvironment({ startToCloseTimeoutMs: 600_000 });
    const cancelled = environment.run(
      async () =>
        await perform(retry, async ({ signal }) => {
          environment.cancel();
          signal.throwIfAborted();
          return await Promise.resolve();
        }),
    );
    await expect(cancelled).rejects.toBeInstanceOf(CancelledFailure);
  });

  test('has less time than its attempt', async () => {
    const environment = new MockActivityEnvironment({ startToCloseTimeoutMs: 60_000 });
    const milliseconds = await environment.run(
      async () => await perform(retry, async ({ timeoutMilliseconds }) => await Promise.resolve(timeoutMilliseconds)),
    );
    expect(milliseconds).toBeGreaterThan(0);
    expect(milliseconds).toBeLessThan(60_000);
  });
});
