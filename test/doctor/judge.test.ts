/** Checks of answers that a real server gives only after minutes, or never. */
import { describe, expect, test } from 'vitest';

import type { Connector } from '../../src/contract/schemas/connector.ts';
import { settle } from '../../src/doctor/check.ts';
import { judgeAccountQueries } from '../../src/doctor/judge-account.ts';
import { judgeFallback } from '../../src/doctor/judge-dns.ts';
import { judgePollers } from '../../src/doctor/judge-temporal.ts';

const now = new Date('2026-01-01T00:10:00.000Z');
const minutesAgo = (minutes: number): number => now.getTime() - minutes * 60_000;

/** A queue that one worker asked for both kinds of work, so many minutes ago. */
const polled = (workflows: number, activities: number) => ({
  ok: true as const,
  value: [
    { kind: 'workflows' as const, pollers: [{ identity: '7@host', lastSeen: minutesAgo(workflows) }] },
    { kind: 'activities' as const, pollers: [{ identity: '7@host', lastSeen: minutesAgo(activities) }] },
  ],
});

/** The machine's own resolver. */
const own = (ok: boolean) => ({
  server: '10.0.0.2:53',
  answer: ok ? { ok, value: undefined } : { ok, error: new Error('no answer within 5 s') },
});

const connector = (id: string, changes: Partial<Connector> = {}): Connector => ({
  id,
  emailDomain: 'example.com',
  enabled: false,
  useFedrampLanguage: false,
  verificationCode: 'cloudflare_dashboard_sso=abc',
  verificationStatus: 'pending',
  createdAt: null,
  ...changes,
});

/** Work that does not end. */
const never = async (): Promise<never> => await new Promise(() => undefined);

describe('a worker', () => {
  test('that asked within the last minute is there', () => {
    expect(judgePollers('queue', polled(1, 1), now)).toMatchObject({ state: 'ok', found: 'polled by 7@host' });
  });

  test('that has not polled lately does not count', () => {
    expect(judgePollers('queue', polled(4, 4), now)).toMatchObject({
      state: 'not-ok',
      found: 'no worker polls for workflows and activities; 7@host did, some minutes ago',
    });
  });

  test('that asks for one kind of work alone is not enough', () => {
    expect(judgePollers('queue', polled(4, 0), now)).toMatchObject({
      state: 'not-ok',
      found: 'no worker polls for workflows; 7@host did, some minutes ago',
    });
  });
});

describe('where the public resolvers cannot be reached', () => {
  const silent = { server: '1.1.1.1:53', answer: { ok: false as const, error: new Error('no answer within 5 s') } };
  test("the machine's own count, with a warning about internal records", () => {
    expect(judgeFallback('UDP', [silent], [own(true)])).toEqual({
      name: 'resolvers over UDP',
      state: 'ok',
      found: "answer from 10.0.0.2:53; these are the machine's own, since the public ones (1.1.1.1:53) do not answer",
      next: 'if these resolvers return internal records, set DNS_RESOLVERS to public ones',
    });
  });

  test("nor the machine's own, the check is not ok", () => {
    expect(judgeFallback('TCP', [silent], [own(false)])).toMatchObject({
      state: 'not-ok',
      found: 'none answers (1.1.1.1:53: no answer within 5 s; 10.0.0.2:53: no answer within 5 s)',
    });
  });
});

describe('the connectors of a domain', () => {
  const token = { kind: 'user' as const, status: 'active', expiresAt: null, notBefore: null };
  const judge = (...connectors: Connector[]) => {
    const outcomes = {
      organization: { ok: true as const, value: 'Example Ltd' },
      identityProviders: { ok: true as const, value: ['Entra ID'] },
      connectors: { ok: true as const, value: connectors },
    };
    return judgeAccountQueries(token, outcomes, 'example.com', now).at(-1);
  };

  test('of which there are two are a conflict', () => {
    expect(judge(connector('a'), connector('b', { enabled: true }))).toMatchObject({
      name: 'connector of example.com',
      state: 'not-ok',
      found: 'the account has 2 connectors for example.com: a, b (enabled); delete all but one and start again',
    });
  });

  test('of which there is one are used', () => {
    expect(judge(connector('a'))).toMatchObject({
      state: 'ok',
      found: 'a exists: pending, not enabled; a run continues with it',
    });
  });
});

describe('a query', () => {
  test('that does not end is ended', async () => {
    const limits = { signal: new AbortController().signal, milliseconds: 20 };
    await expect(settle(limits, never)).resolves.toMatchObject({ ok: false, error: { name: 'DeadlineError' } });
  });

  test('for which no time is left is not begun', async () => {
    let begun = false;
    const seen = await settle({ signal: AbortSignal.abort(new Error('over')), milliseconds: 1000 }, async () => {
      begun = true;
      await Promise.resolve();
    });
    expect(seen).toMatchObject({ ok: false, error: { message: 'over' } });
    expect(begun).toBe(false);
  });
});
