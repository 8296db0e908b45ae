/** The examples of the OpenAPI description: example.com from an accepted event to the request for approval. */
import type { BulkView } from '../../src/client/bulk-view.ts';
import type { RunView } from '../../src/client/run-view.ts';
import type { ApprovalState, ConfirmationState } from '../../src/contract/schemas/answers.ts';
import type { CallBackEvent } from '../../src/contract/schemas/call-back-event.ts';
import type { OnboardingStatus } from '../../src/contract/schemas/onboarding-status.ts';
import type { ProblemBody, ProblemStatus } from '../../src/trigger/http-problem.ts';
import type { OperationId } from '../../src/trigger/operations.ts';
import type { BulkStartedBody, Domains, EventAccepted, RunStarted } from '../../src/trigger/schemas.ts';
import type { SuccessStatus } from '../../src/trigger/statuses.ts';

export interface Example {
  /** Left out: the operation has no body. */
  body?: unknown;
  /** Those that have content. */
  answers?: Partial<Record<SuccessStatus, unknown>>;
}

export const parameterExamples = {
  account: '0123456789abcdef0123456789abcdef',
  domain: 'example.com',
  runId: '0199b3c2-7a10-7c3e-9d51-2f6b8e4a1c07',
  id: '5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8',
  caller: 'hr-system',
};
const { account: accountId, domain: emailDomain, runId, id: bulkKey } = parameterExamples;
const domain = { accountId, emailDomain };
const workflowId = `sso/${accountId}/${emailDomain}`;

const times = {
  started: '2026-01-01T09:00:00.000Z',
  asked: '2026-01-01T09:04:30.000Z',
  answered: '2026-01-01T10:15:00.000Z',
};

const approval: ApprovalState = {
  requestedAt: times.asked,
  nextReminderAt: '2026-01-02T09:04:30.000Z',
  reminders: 0,
  expiresAt: '2026-01-08T09:04:30.000Z',
  answer: null,
};
const approved: ApprovalState = {
  ...approval,
  answer: { kind: 'approved', by: 'bob@example.com (via it-desk)', reason: 'change 4711', at: times.answered },
};
const confirmed: ConfirmationState = {
  until: '2026-01-01T10:45:00.000Z',
  confirmed: { by: 'bob@example.com (via it-desk)', reason: 'I could sign in', at: times.answered },
};

const connector = {
  id: '023e105f4ecef8ad9ca31a8372d0c353',
  emailDomain,
  enabled: false,
  useFedrampLanguage: false,
  verificationCode: 'cloudflare_dashboard_sso=1234567890',
  verificationStatus: 'verified',
  createdAt: '2026-01-01T09:00:03.000Z',
  origin: 'created',
} as const;
const reason = 'waiting for somebody to approve enabling example.com, which takes effect at once.';
const status: OnboardingStatus = {
  kind: 'onboarding',
  ...domain,
  phase: 'waiting-for-approval',
  reason,
  nextCheckAt: approval.nextReminderAt,
  startedAt: times.started,
  deadlineAt: '2026-01-08T09:00:00.000Z',
  timeline: [
    { phase: 'checking-prerequisites', enteredAt: times.started },
    { phase: 'creating-connector', enteredAt: '2026-01-01T09:00:02.000Z' },
    { phase: 'publishing-txt', enteredAt: '2026-01-01T09:00:04.000Z' },
    { phase: 'waiting-for-dns', enteredAt: '2026-01-01T09:00:05.000Z' },
    { phase: 'waiting-for-verification', enteredAt: '2026-01-01T09:00:20.000Z' },
    { phase: 'waiting-for-approval', enteredAt: times.asked },
  ],
  txtRecord: {
    provider: 'cloudflare',
    zone: { apex: emailDomain, zoneId: '9a7806061c88ada191ed06f989cc3dac' },
    name: emailDomain,
    value: connector.verificationCode,
    recordId: '372e67954025e0ba6aaa6d586b9e0b59',
    changeId: null,
    preexisting: false,
  },
  approval,
  zone: { apex: emailDomain, nameServers: ['ns1.example.net', 'ns2.example.net'], source: 'discovered' },
  provider: { name: 'cloudflare', why: 'its name servers serve example.com' },
  caches: { seconds: 300, because: 'no-values', expectedEverywhereAt: '2026-01-01T09:05:20.000Z' },
  connectorsBefore: { connectors: [], readAt: '2026-01-01T09:00:02.000Z' },
  connector,
  evidence: null,
  verification: {
    checks: 4,
    restarts: 0,
    republished: 0,
    begunAt: '2026-01-01T09:00:20.000Z',
    verifiedAt: '2026-01-01T09:04:29.000Z',
  },
  confirmation: null,
  enabledAt: null,
  undo: {
    steps: [
      {
        kind: 'delete-connector',
        certain: true,
        endedAt: '2026-01-01T09:00:03.000Z',
        state: 'to-do',
        note: null,
      },
      {
        kind: 'remove-txt-value',
        certain: true,
        endedAt: '2026-01-01T09:00:05.000Z',
        state: 'to-do',
        note: null,
      },
    ],
    cause: null,
    givenUp: null,
  },
};
const run: RunView = {
  kind: 'onboarding',
  workflowId,
  runId,
  ...domain,
  state: 'running',
  phase: 'waiting-for-approval',
  status,
  pending: [],
  result: null,
  failure: null,
  startedAt: times.started,
  closedAt: null,
};

const onboardingStarted: RunStarted = { kind: 'onboarding', ...domain, workflowId, runId, outcome: 'started' };
const offboardingStarted: RunStarted = { ...onboardingStarted, kind: 'offboarding' };
const accepted: EventAccepted = { kind: 'onboarding', ...domain, workflowId, runId, outcome: 'accepted' };
const bulkWorkflowId = `sso-bulk/${accountId}/${bulkKey}`;
const bulkStarted: BulkStartedBody = { accountId, workflowId: bulkWorkflowId, rows: 2, outcome: 'started' };
const counts = { enabled: 1, 'already-enabled': 0, failed: 0, refused: 0, cancelled: 0, total: 2, waiting: 0 };
const bulk: BulkView = {
  workflowId: bulkWorkflowId,
  accountId,
  state: 'running',
  status: {
    accountId,
    startedAt: times.started,
    reason: 'onboarding 2 domains, at most 10 at a time',
    counts: { ...counts, running: 1 },
    running: [{ emailDomain: 'example.org', workflowId: `sso/${accountId}/example.org` }],
    finished: [{ row: 0, emailDomain, outcome: 'enabled', type: null, message: null }],
  },
  failing: [],
  result: null,
  failure: null,
  startedAt: times.started,
  closedAt: null,
};
const listed: Domains = {
  runs: [
    {
      kind: 'onboarding',
      runId,
      ...domain,
      state: 'running',
      phase: 'waiting-for-approval',
      startedAt: times.started,
      closedAt: null,
    },
  ],
  nextCursor: null,
};

const answer = { reason: 'change 4711', by: 'bob@example.com' };

export const examples: Record<OperationId, Example> = {
  sendEvent: { body: { ...domain, enablement: 'after-approval' }, answers: { 202: accepted } },
  listDomains: { answers: { 200: listed } },
  readDomain: { answers: { 200: run } },
  startOnboarding: {
    body: { enablement: 'after-approval', callbackUrl: 'https://itsm.example.com/sso-events' },
    answers: { 202: onboardingStarted, 200: { ...onboardingStarted, outcome: 'joined' } },
  },
  startOffboarding: {
    body: { disablement: 'after-approval' },
    answers: { 202: offboardingStarted, 200: { ...offboardingStarted, outcome: 'joined' } },
  },
  readRun: { answers: { 200: run } },
  answerApproval: { body: { decision: 'approve', ...answer }, answers: { 200: approved } },
  confirmSignIn: { body: { ...answer, reason: 'I could sign in' }, answers: { 200: confirmed } },
  requestCheck: {},
  requestCancellation: {},
  startBulk: {
    body: {
      rows: [{ emailDomain }, { emailDomain: 'example.org', dnsProvider: 'manual' }],
      options: { enablement: 'after-approval' },
    },
    answers: { 202: bulkStarted, 200: { ...bulkStarted, outcome: 'joined' } },
  },
  readBulk: { answers: { 200: bulk } },
  readOpenApi: { answers: { 200: { openapi: '3.1.0' } } },
};

export const callBackExample: CallBackEvent = {
  type: 'onboarding.needs-approval',
  timestamp: times.asked,
  data: {
    kind: 'onboarding',
    runId,
    ...domain,
    phase: 'waiting-for-approval',
    reason,
    approval,
    confirmation: null,
    txtRecord: { name: emailDomain, value: connector.verificationCode },
    result: null,
    failure: null,
  },
};

/** What is wrong in the example of each problem. The other problems have nothing to add to their title. */
export const problemDetails: Partial<Record<ProblemStatus, Pick<ProblemBody, 'detail' | 'problems'>>> = {
  400: { detail: 'The body is not JSON in UTF-8' },
  403: { detail: "The account is not one of this caller's accounts" },
  404: { detail: 'The domain has no such run, or it is no longer kept' },
  409: { detail: 'The onboarding has ended: completed, in the phase enabled' },
  422: {
    detail: 'Nothing was done; see "problems"',
    problems: [
      {
        subject: 'enablement',
        problem: 'Invalid option: expected one of "automatic"|"after-approval"',
        remedy: 'correct the input and start again; docs/schemas describes its fields',
      },
    ],
  },
};
