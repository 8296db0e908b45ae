/** Retries, timeouts, DNS polling and propagation. */
import type { Timings } from '../decisions/timings.ts';
import { declareNumber, readVariable } from '../environment/variables.ts';
import type { Environment, VariableGroup } from '../environment/variables.ts';

const hour = 3600;
const day = 24 * hour;

function declareSeconds(name: string, standard: number, most: number, meaning: string) {
  return declareNumber({ name, meaning, readBy: ['worker'], default: standard, most, unit: 'seconds' });
}

const retryFirst = declareSeconds(
  'RETRY_FIRST_SECONDS',
  2,
  day,
  'How long an activity that failed waits before its first retry. Each further wait is twice as long.',
);
const retryMax = declareSeconds('RETRY_MAX_SECONDS', 300, day, 'The longest wait between two retries.');
const authRetry = declareSeconds(
  'AUTH_RETRY_SECONDS',
  300,
  day,
  'The wait after Cloudflare or a DNS provider did not accept the credentials.',
);
const throttledRetry = declareSeconds(
  'THROTTLED_RETRY_SECONDS',
  300,
  day,
  'The wait after Cloudflare answered 429 without saying how long to wait.',
);
const undoRetry = declareSeconds('UNDO_RETRY_SECONDS', 60, day, 'The wait before an undo retries a step that failed.');

const attempt = declareSeconds('ATTEMPT_TIMEOUT_SECONDS', 60, hour, 'How long one attempt of an activity may take.');
const heartbeat = declareSeconds(
  'HEARTBEAT_TIMEOUT_SECONDS',
  20,
  hour,
  'How long an attempt may go without a heartbeat before another worker takes it over. Shorter than ATTEMPT_TIMEOUT_SECONDS.',
);

const pollFirst = declareSeconds(
  'POLL_FIRST_SECONDS',
  5,
  day,
  'The shortest wait between two queries, of DNS while the value propagates and of Cloudflare while it verifies.',
);
const pollGrowth = declareNumber({
  name: 'POLL_GROWTH',
  meaning: 'Each further wait between two queries is this share of the time waited so far.',
  readBy: ['worker'],
  default: 0.1,
  most: 10,
  unit: null,
});
const pollMax = declareSeconds('POLL_MAX_SECONDS', 900, day, 'The longest wait between two queries.');

const propagationMax = declareSeconds(
  'PROPAGATION_MAX_SECONDS',
  hour,
  30 * day,
  "How long a run waits until every authoritative server has the value. After that it begins Cloudflare's verification once the DNS provider confirms the record.",
);
const propagationRefresh = declareSeconds(
  'PROPAGATION_REFRESH_SECONDS',
  hour / 2,
  30 * day,
  'While Cloudflare verifies: how often the name servers are queried again, so that the status says which side is late.',
);

export const timingVariables: VariableGroup = {
  title: 'Retries, timeouts and polling',
  variables: [
    retryFirst,
    retryMax,
    authRetry,
    throttledRetry,
    undoRetry,
    attempt,
    heartbeat,
    pollFirst,
    pollGrowth,
    pollMax,
    propagationMax,
    propagationRefresh,
  ],
};

/** What is wrong is added to `problems`. */
export function readTimings(environment: Environment, problems: string[]): Timings {
  const read = (variable: ReturnType<typeof declareNumber>): number => readVariable(environment, variable, problems);
  const timings: Timings = {
    retry: {
      retryFirstSeconds: read(retryFirst),
      retryMaxSeconds: read(retryMax),
      authRetrySeconds: read(authRetry),
      throttledRetrySeconds: read(throttledRetry),
      undoRetrySeconds: read(undoRetry),
    },
    timeouts: { attemptSeconds: read(attempt), heartbeatSeconds: read(heartbeat) },
    polling: { firstSeconds: read(pollFirst), growth: read(pollGrowth), maxSeconds: read(pollMax) },
    propagation: { maxSeconds: read(propagationMax), refreshSeconds: read(propagationRefresh) },
  };
  const { retry, timeouts, polling } = timings;
  if (retry.retryFirstSeconds > retry.retryMaxSeconds)
    problems.push(`${retryFirst.name}, ${retryMax.name}: the first wait must not be longer than the longest`);
  if (timeouts.heartbeatSeconds >= timeouts.attemptSeconds)
    problems.push(`${heartbeat.name}, ${attempt.name}: the heartbeat timeout must be shorter than the attempt's`);
  if (polling.firstSeconds > polling.maxSeconds)
    problems.push(`${pollFirst.name}, ${pollMax.name}: the first wait must not be longer than the longest`);
  return timings;
}
