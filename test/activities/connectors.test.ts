import { describe, expect, test } from 'vitest';

import { createConnectorActivities } from '../../src/activities/connectors.ts';
import { cloudflareAt } from '../cloudflare/clients.ts';
import { refusal, startScriptedServer, success } from '../cloudflare/scripted-server.ts';
import type { ScriptedAnswer } from '../cloudflare/scripted-server.ts';
import { startAccount } from '../cloudflare/simulated-account.ts';
import { failureOfActivity, runActivity, retry } from './run-activity.ts';
import { startTries } from './tries.ts';

const accountId = '0123456789abcdef0123456789abcdef';
const emailDomain = 'example.com';
const readAt = '2026-03-01T09:00:00.000Z';

const documented = {
  id: 'one',
  created_on: '2026-03-01T09:00:01.000Z',
  email_domain: emailDomain,
  enabled: false,
  use_fedramp_language: false,
  verification: { code: 'cloudflare_dashboard_sso=abc', status: 'awaiting' },
};
const webPage: ScriptedAnswer = { status: 404, headers: { 'content-type': 'text/html' }, body: '<html></html>' };

/** The answer that shows it with this status. */
const shown = (status: string) => success({ ...documented, verification: { ...documented.verification, status } });

async function startConnectors(...answers: ScriptedAnswer[]) {
  const peer = await startScriptedServer(...answers);
  const activities = createConnectorActivities(cloudflareAt(peer), retry);
  return { ...activities, methods: () => peer.seen.map(({ method }) => method) };
}

/** A connector that Cloudflare has verified, in an account of its own. */
async function startVerified() {
  const simulator = await startAccount();
  const { connectors } = simulator.account;
  const { id } = connectors.create({ emailDomain, beginVerification: false, useFedrampLanguage: false });
  const connector = connectors.change(id, { status: 'verified' });
  const { enableConnector } = createConnectorActivities(cloudflareAt(simulator), retry);
  const tries = startTries(enableConnector, { accountId, connectorId: id });
  const calls = () => simulator.log.list().map(({ method, requestBody }) => [method, requestBody]);
  return { simulator, connector, connectors, ...tries, calls };
}

describe('reading a connector', () => {
  const request = { accountId, connectorId: 'one' };

  test('finds it', async () => {
    const { getConnector } = await startConnectors(success(documented));
    expect(await runActivity(getConnector, request)).toMatchObject({ id: 'one', emailDomain });
  });

  test('sees that it has gone when the API says so', async () => {
    const { getConnector } = await startConnectors(refusal(404, { code: 7003 }));
    expect(await runActivity(getConnector, request)).toBeNull();
  });

  test.each<[string, ScriptedAnswer]>([
    ['a web page', webPage],
    ['nothing at all', { status: 404 }],
  ])('does not take a 404 with %s for its absence, and tries again', async (_, answer) => {
    const { getConnector } = await startConnectors(answer);
    const failure = await failureOfActivity(runActivity(getConnector, request));
    expect(failure).toMatchObject({ type: 'CloudflareUnavailable', nonRetryable: false });
  });
});

describe('creating a connector', () => {
  const request = { accountId, emailDomain, useFedrampLanguage: undefined, before: { connectors: [], readAt } };
  const taken = refusal(409, { code: 1009, message: 'a connector for this domain exists' });

  const trouble: ScriptedAnswer = { status: 503 };

  /** What went before the attempt in question: the answers that it got, and how many attempts were killed. */
  interface Earlier {
    name: string;
    answers: [ScriptedAnswer, ...ScriptedAnswer[]][];
    killed: number;
  }
  const nothingSent: Earlier[] = [
    { name: 'at the first attempt', answers: [], killed: 0 },
    { name: 'after one that got no further than its look', answers: [[trouble]], killed: 0 },
    { name: 'after two of these', answers: [[trouble], [trouble]], killed: 0 },
    { name: 'after one that was throttled', answers: [[success([]), { status: 429 }]], killed: 0 },
    { name: 'after one that was not allowed to', answers: [[success([]), refusal(403, {}), success([])]], killed: 0 },
  ];
  const mayHaveBeenSent: Earlier[] = [
    { name: 'after one whose answer was lost', answers: [[success([]), trouble]], killed: 0 },
    {
      name: 'after one whose answer was lost, and one that got no further than its look',
      answers: [[success([]), trouble], [trouble]],
      killed: 0,
    },
    { name: 'after one that was killed', answers: [], killed: 1 },
    { name: 'after one that got no further than its look, and one that was killed', answers: [[trouble]], killed: 1 },
  ];
  const theirs = { ...documented, verification: { ...documented.verification, status: 'pending' } };
  const unfit = { ...documented, use_fedramp_language: true };

  /** Runs the earlier attempts, all of which fail; the next one gets these answers. */
  async function startCreating({ answers: earlier, killed }: Earlier, answers: ScriptedAnswer[], changes = {}) {
    const { createConnector, methods } = await startConnectors(...earlier.flat(), ...answers);
    const { next, lose } = startTries(createConnector, { ...request, ...changes });
    for (const _ of earlier) await failureOfActivity(next());
    for (let killedSoFar = 0; killedSoFar < killed; killedSoFar += 1) lose();
    const soFar = methods().length;
    return { next, calls: () => methods().slice(soFar) };
  }

  const one = expect.objectContaining({ id: 'one', emailDomain }) as unknown;

  describe.each(nothingSent)('$name', (earlier) => {
    test.each<[string, ScriptedAnswer[], Record<string, unknown>, string[]]>([
      ['makes one', [success([]), success(documented)], { origin: 'created', ours: true }, ['GET', 'POST']],
      [
        "adopts somebody else's, however much like its own",
        [success([documented])],
        { origin: 'adopted', ours: false },
        ['GET'],
      ],
      [
        "adopts somebody else's that lands after the look",
        [success([]), taken, success([documented])],
        { origin: 'adopted', ours: false },
        ['GET', 'POST', 'GET'],
      ],
    ])('%s, for certain', async (_, answers, report, methods) => {
      const { next, calls } = await startCreating(earlier, answers);
      expect(await next()).toEqual({ connector: one, certain: true, ...report });
      expect(calls()).toEqual(methods);
    });

    test.each<[string, ScriptedAnswer[], string[]]>([
      ['at its look', [success([unfit])], ['GET']],
      ['after it was refused', [success([]), taken, success([unfit])], ['GET', 'POST', 'GET']],
    ])('fails for a conflict %s, and reports that nothing changed', async (_, answers, methods) => {
      const { next, calls } = await startCreating(earlier, answers, { useFedrampLanguage: false });
      const failure = await failureOfActivity(next());
      expect(failure).toMatchObject({ type: 'ConnectorConflict', nonRetryable: true });
      expect(failure.details).toMatchObject([{ mayHaveWritten: false }]);
      expect(calls()).toEqual(methods);
    });

    test('fails as it was refused when none is to be seen, and reports that nothing changed', async () => {
      const { next } = await startCreating(earlier, [success([]), taken, success([])]);
      const failure = await failureOfActivity(next());
      expect(failure).toMatchObject({ type: 'CloudflareRefused', nonRetryable: true });
      expect(failure.message).toContain('a connector for this domain exists');
      expect(failure.details).toMatchObject([{ status: 409, mayHaveWritten: false }]);
    });
  });

  describe.each(mayHaveBeenSent)('$name', (earlier) => {
    test.each<[string, ScriptedAnswer[], Record<string, unknown>, string[]]>([
      ['makes one', [success([]), success(documented)], { origin: 'created', ours: true }, ['GET', 'POST']],
      ['knows its own', [success([documented])], { origin: 'created', ours: true }, ['GET']],
      [
        'knows its own that lands after the look',
        [success([]), taken, success([documented])],
        { origin: 'created', ours: true },
        ['GET', 'POST', 'GET'],
      ],
      ["adopts somebody else's that is further on", [success([theirs])], { origin: 'adopted', ours: false }, ['GET']],
    ])('%s, and another may yet land', async (_, answers, report, methods) => {
      const { next, calls } = await startCreating(earlier, answers);
      expect(await next()).toEqual({ connector: one, certain: false, ...report });
      expect(calls()).toEqual(methods);
    });

    test.each<[string, ScriptedAnswer[]]>([
      ['at its look', [success([unfit])]],
      ['after it was refused', [success([]), taken, success([unfit])]],
    ])('fails for a conflict %s, and reports that something may have been sent', async (_, answers) => {
      const { next } = await startCreating(earlier, answers, { useFedrampLanguage: false });
      const failure = await failureOfActivity(next());
      expect(failure).toMatchObject({ type: 'ConnectorConflict', nonRetryable: true });
      expect(failure.details).toMatchObject([{ mayHaveWritten: true }]);
    });

    test('fails as it was refused when none is to be seen, and reports that something may have been sent', async () => {
      const { next } = await startCreating(earlier, [success([]), taken, success([])]);
      const failure = await failureOfActivity(next());
      expect(failure).toMatchObject({ type: 'CloudflareRefused', nonRetryable: true });
      expect(failure.details).toMatchObject([{ status: 409, mayHaveWritten: true }]);
    });
  });

  test('after an answer that was lost uses the connector that it made', async () => {
    const account = await startAccount();
    const { createConnector } = createConnectorActivities(cloudflareAt(account), retry);
    const now = { ...request, before: { connectors: [], readAt: new Date().toISOString() } };
    const { next } = startTries(createConnector, now);
    account.faults.add({ method: 'POST', when: 'after', fault: 'reset' });
    const failure = await failureOfActivity(next());
    expect(failure).toMatchObject({ type: 'CloudflareUnreachable', nonRetryable: false });
    expect(failure.details).toMatchObject([{ mayHaveWritten: true }]);
    const [made] = account.account.connectors.list();
    expect(await next()).toMatchObject({ connector: { id: made?.id }, origin: 'created', ours: true, certain: false });
    expect(account.account.connectors.list()).toHaveLength(1);
  });

  test('leaves the second look to the next attempt when Cloudflare is in trouble', async () => {
    const { createConnector, methods } = await startConnectors(success([]), webPage, success([documented]));
    const failure = await failureOfActivity(runActivity(createConnector, request));
    expect(failure).toMatchObject({ type: 'CloudflareUnavailable', nonRetryable: false });
    expect(methods()).toEqual(['GET', 'POST']);
  });
});

describe('enabling a connector', () => {
  const read = ['GET', null];
  const write = ['PATCH', { enabled: true }];
  type Verified = Awaited<ReturnType<typeof startVerified>>;

  /** An attempt that dies there. */
  async function dies({ simulator, next }: Verified, method: string, when: 'before' | 'after'): Promise<void> {
    simulator.faults.add({ method, when, fault: 'reset' });
    const failure = await failureOfActivity(next());
    expect(failure).toMatchObject({ type: 'CloudflareUnreachable', nonRetryable: false });
    expect(failure.details).toMatchObject([{ mayHaveWritten: method === 'PATCH' }]);
  }

  const nothingSent: [string, (verified: Verified) => Promise<void>][] = [
    ['at the first attempt', async () => await Promise.resolve()],
    ['after one that got no further than its look', async (verified) => await dies(verified, 'GET', 'before')],
    [
      'after one that was not allowed to',
      async ({ simulator, next }) => {
        simulator.faults.add({ method: 'PATCH', when: 'before', fault: 'unauthorised' });
        await failureOfActivity(next());
      },
    ],
  ];
  const mayHaveBeenSent: [string, (verified: Verified) => Promise<void>][] = [
    ['after one that was killed', async ({ lose }) => await Promise.resolve(lose())],
    ['after one whose write did not arrive', async (verified) => await dies(verified, 'PATCH', 'before')],
    [
      'after one that got no further than its look, and one that was killed',
      async (verified) => {
        await dies(verified, 'GET', 'before');
        verified.lose();
      },
    ],
    [
      'after one whose write did not arrive, and one that got no further than its look',
      async (verified) => {
        await dies(verified, 'PATCH', 'before');
        verified.simulator.faults.add({ method: 'GET', when: 'before', fault: 'reset' });
        await failureOfActivity(verified.next());
      },
    ],
  ];

  describe.each(nothingSent)('%s', (_, arrange) => {
    test('looks first, and then does it', async () => {
      const verified = await startVerified();
      await arrange(verified);
      const soFar = verified.calls().length;
      expect(await verified.next()).toEqual({ ours: true, certain: true });
      expect(verified.connector.enabled).toBe(true);
      expect(verified.calls().slice(soFar)).toEqual([read, write]);
    });

    test("writes nothing when it is enabled already, which is then somebody else's doing", async () => {
      const verified = await startVerified();
      await arrange(verified);
      const soFar = verified.calls().length;
      verified.connectors.change(verified.connector.id, { enabled: true });
      expect(await verified.next()).toEqual({ ours: false, certain: true });
      expect(verified.calls().slice(soFar)).toEqual([read]);
    });

    test('fails for good when it is refused, and reports that nothing changed', async () => {
      const verified = await startVerified();
      await arrange(verified);
      verified.connectors.change(verified.connector.id, { status: 'pending' });
      const failure = await failureOfActivity(verified.next());
      expect(failure).toMatchObject({ type: 'CloudflareRefused', nonRetryable: true });
      expect(failure.details).toMatchObject([{ status: 400, mayHaveWritten: false }]);
      expect(verified.connector.enabled).toBe(false);
    });
  });

  describe.each(mayHaveBeenSent)('%s', (_, arrange) => {
    test('does it, and an earlier attempt may yet act', async () => {
      const verified = await startVerified();
      await arrange(verified);
      const soFar = verified.calls().length;
      expect(await verified.next()).toEqual({ ours: true, certain: false });
      expect(verified.connector.enabled).toBe(true);
      expect(verified.calls().slice(soFar)).toEqual([read, write]);
    });

    test('takes it for its own doing when it is enabled already, and writes nothing', async () => {
      const verified = await startVerified();
      await arrange(verified);
      const soFar = verified.calls().length;
      verified.connectors.change(verified.connector.id, { enabled: true });
      expect(await verified.next()).toEqual({ ours: true, certain: false });
      expect(verified.calls().slice(soFar)).toEqual([read]);
    });

    test('fails for good when it is refused, and reports that an earlier attempt may have acted', async () => {
      const verified = await startVerified();
      await arrange(verified);
      verified.connectors.change(verified.connector.id, { status: 'pending' });
      const failure = await failureOfActivity(verified.next());
      expect(failure).toMatchObject({ type: 'CloudflareRefused', nonRetryable: true });
      expect(failure.details).toMatchObject([{ status: 400, mayHaveWritten: true }]);
      expect(verified.connector.enabled).toBe(false);
    });
  });

  test('after an answer that was lost finds its own doing, and writes nothing', async () => {
    const verified = await startVerified();
    await dies(verified, 'PATCH', 'after');
    expect(await verified.next()).toEqual({ ours: true, certain: false });
    expect(verified.connector.enabled).toBe(true);
    expect(verified.calls()).toEqual([read, write, read]);
  });

  test.each([
    [false, 'at the first attempt', nothingSent[0]],
    [true, 'after one that was killed', mayHaveBeenSent[0]],
  ] as const)(
    'fails for good when there is none, and reports what may have been sent (%s) %s',
    async (sent, _, row) => {
      const verified = await startVerified();
      await row?.[1](verified);
      verified.connectors.remove(verified.connector.id);
      const failure = await failureOfActivity(verified.next());
      expect(failure).toMatchObject({ type: 'ConnectorChanged', nonRetryable: true });
      expect(failure.details).toMatchObject([{ mayHaveWritten: sent }]);
      expect(failure.message).toContain(verified.connector.id);
      expect(verified.calls()).toEqual([read]);
    },
  );
});

describe('beginning verification', () => {
  const request = { accountId, connectorId: 'one' };
  const conflict = refusal(409, { code: 1001, message: 'verification has begun' });

  test.each(['awaiting', 'failed'])('looks first, and begins it when it is %s', async (status) => {
    const { beginVerification, methods } = await startConnectors(shown(status), success());
    await runActivity(beginVerification, request);
    expect(methods()).toEqual(['GET', 'POST']);
  });

  test.each(['pending', 'verified'])('writes nothing when it is %s already', async (status) => {
    const { beginVerification, methods } = await startConnectors(shown(status));
    await runActivity(beginVerification, request);
    expect(methods()).toEqual(['GET']);
  });

  test('is done when it was refused because somebody had begun it after the look', async () => {
    const { beginVerification, methods } = await startConnectors(shown('awaiting'), conflict, shown('pending'));
    await runActivity(beginVerification, request);
    expect(methods()).toEqual(['GET', 'POST', 'GET']);
  });

  test('fails as it was refused when it has not begun', async () => {
    const { beginVerification } = await startConnectors(shown('awaiting'), conflict, shown('awaiting'));
    const failure = await failureOfActivity(runActivity(beginVerification, request));
    expect(failure).toMatchObject({ type: 'CloudflareRefused', nonRetryable: true, details: [{ status: 409 }] });
  });

  test('leaves the second look to the next attempt when Cloudflare is in trouble', async () => {
    const { beginVerification, methods } = await startConnectors(shown('awaiting'), webPage, shown('pending'));
    const failure = await failureOfActivity(runActivity(beginVerification, request));
    expect(failure).toMatchObject({ type: 'CloudflareUnavailable', nonRetryable: false });
    expect(methods()).toEqual(['GET', 'POST']);
  });

  test('fails for good when there is no connector', async () => {
    const { beginVerification, methods } = await startConnectors(refusal(404, { code: 7003 }));
    const failure = await failureOfActivity(runActivity(beginVerification, request));
    expect(failure).toMatchObject({ type: 'ConnectorChanged', nonRetryable: true });
    expect(methods()).toEqual(['GET']);
  });
});
