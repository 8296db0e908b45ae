import { describe, expect, it } from 'vitest';

import type { OnboardingStatus } from '../../../src/contract/schemas/onboarding-status.ts';
import type { OnboardingView } from '../../../src/client/run-view.ts';
import { noColours } from '../../../src/starter/terminal/colours.ts';
import { renderDuration, renderProgress, renderSteps, renderView } from '../../../src/starter/screens/run.ts';

const now = new Date('2026-01-01T00:10:00.000Z');

const status: OnboardingStatus = {
  story: 'onboarding',
  offboarding: null,
  accountId: '0123456789abcdef0123456789abcdef',
  emailDomain: 'example.com',
  phase: 'waiting-for-verification',
  reason: 'Cloudflare is looking for the TXT value',
  nextCheckAt: '2026-01-01T00:10:20.000Z',
  startedAt: '2026-01-01T00:00:00.000Z',
  deadlineAt: '2026-01-08T00:00:00.000Z',
  timeline: [
    { phase: 'checking-prerequisites', enteredAt: '2026-01-01T00:00:00.000Z' },
    { phase: 'creating-connector', enteredAt: '2026-01-01T00:00:01.500Z' },
    { phase: 'publishing-txt', enteredAt: '2026-01-01T00:00:03.000Z' },
    { phase: 'waiting-for-dns', enteredAt: '2026-01-01T00:00:05.000Z' },
    { phase: 'waiting-for-verification', enteredAt: '2026-01-01T00:05:00.000Z' },
  ],
  connectorsBefore: { connectors: [], readAt: '2026-01-01T00:00:02.000Z' },
  zone: { apex: 'example.com', nameServers: ['ada.ns.test', 'bob.ns.test'], source: 'discovered' },
  provider: { name: 'cloudflare', why: 'the request or the DNS_PROVIDER of the worker names it' },
  caches: { seconds: 3600, because: 'old-values', expectedEverywhereAt: '2026-01-01T01:04:59.000Z' },
  connector: {
    id: 'c'.repeat(32),
    emailDomain: 'example.com',
    enabled: false,
    useFedrampLanguage: false,
    verificationCode: 'cloudflare_dashboard_sso=abc',
    verificationStatus: 'pending',
    createdAt: null,
    origin: 'created',
  },
  txtRecord: {
    provider: 'cloudflare',
    zone: { apex: 'example.com', zoneId: 'z' },
    name: 'example.com',
    value: 'cloudflare_dashboard_sso=abc',
    recordId: 'r',
    changeId: null,
    preexisting: false,
  },
  evidence: {
    observedAt: '2026-01-01T00:04:59.000Z',
    servers: [
      {
        name: 'ada.ns.test',
        address: '192.0.2.1:53',
        verdict: 'has-value',
        detail: '3 TXT values, this one among them',
        milliseconds: 12,
        serial: 7,
      },
      {
        name: 'bob.ns.test',
        address: '[2001:db8::2]:53',
        verdict: 'unreachable',
        detail: 'no answer within 3 s',
        milliseconds: null,
        serial: null,
      },
    ],
    resolvers: [{ address: '192.0.2.53:53', verdict: 'lacks-value', detail: '2 TXT values, not this one' }],
    findings: ['ns2 (192.0.2.2:53) is lame: REFUSED'],
  },
  verification: { checks: 7, restarts: 1, republished: 0, begunAt: '2026-01-01T00:05:00.000Z', verifiedAt: null },
  approval: null,
  confirmation: null,
  enabledAt: null,
  undo: {
    steps: [{ kind: 'delete-connector', certain: true, endedAt: null, state: 'armed', note: null }],
    cause: null,
    givenUp: null,
  },
};

const view: OnboardingView = {
  story: 'onboarding',
  workflowId: 'sso/0123456789abcdef0123456789abcdef/example.com',
  runId: 'run',
  accountId: status.accountId,
  emailDomain: 'example.com',
  state: 'running',
  phase: 'waiting-for-verification',
  status,
  pending: [],
  result: null,
  failure: null,
  startedAt: status.startedAt,
  closedAt: null,
};

describe('the steps on a terminal', () => {
  it('show what is done, under way and to come, with the time each took', () => {
    expect(`\n${renderSteps(status, null, now).join('\n')}\n`).toMatchInlineSnapshot(`
      "
        ✓ checking-prerequisites  2 s
        ✓ creating-connector  2 s
        ✓ publishing-txt  2 s
        ✓ waiting-for-dns  4 min 55 s
        ▸ waiting-for-verification  5 min
        · waiting-for-approval, if asked for
        · enabling
        · waiting-for-confirmation, if asked for
        · enabled
      "
    `);
  });

  it('show where a run that has ended stopped', () => {
    expect(renderSteps(status, '2026-01-01T00:06:00.000Z', now)).toContain('  ✗ waiting-for-verification  1 min');
  });
});

const cause = { by: 'cancel', type: 'CancelledFailure', message: 'the run was cancelled' } as const;
const enteredAt = '2026-01-01T00:06:00.000Z';
const confirmation = { until: '2026-01-01T00:20:00.000Z', confirmed: null };

describe('the steps of a run that is taken back', () => {
  it('show where it stopped, and nothing that never came', () => {
    const timeline = [...status.timeline, { phase: 'undoing', enteredAt }, { phase: 'undone', enteredAt }] as const;
    const undone = { ...status, timeline: [...timeline], undo: { ...status.undo, cause } };
    expect(renderSteps(undone, enteredAt, now).slice(-3)).toEqual([
      '  ✗ waiting-for-verification  1 min',
      '  ✓ undoing  0 s',
      '  ✓ undone',
    ]);
  });
});

describe('the status', () => {
  it('has the command that helps without a worker, in lines, while a confirmation is waited for', () => {
    const waiting = { ...view, status: { ...status, phase: 'waiting-for-confirmation' as const, confirmation } };
    const lines = renderView(waiting, now);
    const first = lines.indexOf('break-glass   curl -X PATCH \\');
    expect(lines[first + 1]).toMatch(/^ {14}https:.*\/sso_connectors\/c{32} \\$/u);
    expect(lines[first + 4]).toBe(`              --data '{"enabled":false}'`);
    const over = { ...view, status: { ...status, confirmation, undo: { ...status.undo, cause } } };
    const ended = renderView(over, now).join('\n');
    expect(ended).toContain('asked for until 2026-01-01T00:20:00.000Z, not given');
    expect(ended).not.toContain('break-glass');
  });

  it('would take nothing back once the connector is enabled', () => {
    const lines = renderView({ ...view, status: { ...status, phase: 'enabled' } }, now);
    expect(lines.join('\n')).not.toContain('take back');
  });

  it('tells everything that is known', () => {
    expect(`\n${renderView(view, now).join('\n')}\n`).toMatchInlineSnapshot(`
      "
      onboarding    example.com in account 0123456789abcdef0123456789abcdef
      run           running, started 10 min ago
      phase         waiting-for-verification
      why           Cloudflare is looking for the TXT value
      next check    in 20 s
      connector     cccccccccccccccccccccccccccccccc (created, pending)
      zone          example.com, delegated to ada.ns.test, bob.ns.test
      DNS provider  cloudflare: the request or the DNS_PROVIDER of the worker names it
      TXT           example.com "cloudflare_dashboard_sso=abc" (cloudflare)
      DNS           asked 5 min 1 s ago
                    name server  address           answer                                     took   serial
                    ada.ns.test  192.0.2.1:53      has it: 3 TXT values, this one among them  12 ms  7
                    bob.ns.test  [2001:db8::2]:53  unreachable: no answer within 3 s          -      -
                    resolver       answer
                    192.0.2.53:53  lacks it: 2 TXT values, not this one
      finding       ns2 (192.0.2.2:53) is lame: REFUSED
      everywhere    expected by 2026-01-01T01:04:59.000Z (caches may hold the old values for 1 h)
      verification  begun 2026-01-01T00:05:00.000Z, looked 7 ×, begun again 1 ×
      deadline      2026-01-08T00:00:00.000Z
      undo          would take back: delete-connector
      "
    `);
  });

  it('gives each answer a line of its own on a terminal too narrow for the table', () => {
    const lines = renderView(view, now, noColours, 80);
    const first = lines.indexOf('              name server  address           took   serial');
    expect(lines.slice(first + 1, first + 5)).toEqual([
      '              ada.ns.test  192.0.2.1:53      12 ms  7',
      '                has it: 3 TXT values, this one among them',
      '              bob.ns.test  [2001:db8::2]:53  -      -',
      '                unreachable: no answer within 3 s',
    ]);
    expect(renderView(view, now, noColours, 110)).toEqual(renderView(view, now));
  });

  it('tells what the server knows when no worker answers', () => {
    const lines = renderView({ ...view, status: null }, now);
    expect(lines).toContain('phase         waiting-for-verification');
    expect(lines).toContain('why           no worker answered; this is what the server knows');
  });
});

describe('a line of progress', () => {
  it('has the phase and the reason', () => {
    expect(renderProgress(view)).toBe('waiting-for-verification: Cloudflare is looking for the TXT value');
  });

  it('adds what keeps failing', () => {
    const pending = [{ activity: 'getConnector', attempt: 4, nextAttemptAt: null, lastError: 'HTTP 500' }];
    expect(renderProgress({ ...view, pending })).toContain('; getConnector failed 3 times, last: HTTP 500');
  });

  it('ends with the failure', () => {
    const failure = { type: 'DeadlinePassed', message: 'too late', details: [] };
    expect(renderProgress({ ...view, state: 'failed', failure })).toBe('failed: DeadlinePassed: too late');
  });
});

it.each([
  [0, '0 s'],
  [0.25, '0.3 s'],
  [4, '4 s'],
  [200, '3 min 20 s'],
  [3600, '1 h'],
  [18_720, '5 h 12 min'],
  [183_600, '2 d 3 h'],
])('a duration of %d seconds reads %s', (seconds, text) => {
  expect(renderDuration(seconds)).toBe(text);
});
