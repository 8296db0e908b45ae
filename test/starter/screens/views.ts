/** The view of an onboarding that waits for verification, and of an off-boarding that waits for approval. */
import type { RunView } from '../../../src/client/run-view.ts';
import type { OffboardingStatus } from '../../../src/contract/schemas/offboarding.ts';
import type { OnboardingStatus } from '../../../src/contract/schemas/onboarding-status.ts';

export const now = new Date('2026-01-01T00:10:00.000Z');

export const status: OnboardingStatus = {
  kind: 'onboarding',
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
    steps: [{ kind: 'delete-connector', certain: true, endedAt: null, state: 'to-do', note: null }],
    cause: null,
    givenUp: null,
  },
};

export const view: RunView = {
  kind: 'onboarding',
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

/** Why a run undoes what it did. */
export const cancelled = { by: 'cancel', type: 'CancelledFailure', message: 'the run was cancelled' } as const;

export const offboardingStatus: OffboardingStatus = {
  kind: 'offboarding',
  accountId: status.accountId,
  emailDomain: status.emailDomain,
  phase: 'waiting-for-approval',
  reason: 'Somebody has to approve before the connector is disabled',
  nextCheckAt: '2026-01-02T00:00:00.000Z',
  startedAt: status.startedAt,
  deadlineAt: null,
  timeline: [
    { phase: 'finding-connector', enteredAt: '2026-01-01T00:00:00.000Z' },
    { phase: 'waiting-for-approval', enteredAt: '2026-01-01T00:00:04.000Z' },
  ],
  txtRecord: status.txtRecord,
  approval: {
    requestedAt: '2026-01-01T00:00:04.000Z',
    nextReminderAt: '2026-01-02T00:00:04.000Z',
    reminders: 0,
    expiresAt: '2026-01-08T00:00:04.000Z',
    answer: null,
  },
  connector: {
    id: 'c'.repeat(32),
    emailDomain: 'example.com',
    enabled: true,
    useFedrampLanguage: false,
    verificationCode: 'cloudflare_dashboard_sso=abc',
    verificationStatus: 'verified',
    createdAt: null,
  },
  steps: [
    { kind: 'disable-connector', target: 'c'.repeat(32), state: 'to-do', note: null },
    { kind: 'remove-txt-value', target: 'example.com', state: 'left', note: 'it was there before' },
  ],
};

export const offboardingView: RunView = {
  ...view,
  kind: 'offboarding',
  phase: 'waiting-for-approval',
  status: offboardingStatus,
};
