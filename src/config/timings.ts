/** Retries, timeouts, DNS polling and propagation. */
import type { Timings } from '../decisions/timings.ts';
import { declareNumber, readVariables } from '../environment/variables.ts';
import type { Environment, VariableGroup } from '../environment/variables.ts';

const hourSeconds = 3600;
const daySeconds = 24 * hourSeconds;

function seconds(name: string, standard: number, most: number, { meaning }: { meaning: string }) {
  return declareNumber({ name, meaning, default: standard, most, unit: 'seconds' });
}

const retry = {
  retryFirstSeconds: seconds('RETRY_FIRST_SECONDS', 2, daySeconds, {
    meaning: 'How long an activity that failed waits before its first retry. Each further wait is twice as long.',
  }),
  retryMaxSeconds: seconds('RETRY_MAX_SECONDS', 300, daySeconds, { meaning: 'The longest wait between two retries.' }),
  authRetrySeconds: seconds('AUTH_RETRY_SECONDS', 300, daySeconds, {
    meaning: 'The wait after Cloudflare or a DNS provider did not accept the credentials.',
  }),
  throttledRetrySeconds: seconds('THROTTLED_RETRY_SECONDS', 300, daySeconds, {
    meaning: 'The wait after Cloudflare answered 429 without saying how long to wait.',
  }),
  undoRetrySeconds: seconds('UNDO_RETRY_SECONDS', 60, daySeconds, {
    meaning: 'The wait before an undo retries a step that failed.',
  }),
};

const timeouts = {
  attemptSeconds: seconds('ATTEMPT_TIMEOUT_SECONDS', 60, hourSeconds, {
    meaning: 'How long one attempt of an activity may take.',
  }),
  heartbeatSeconds: seconds('HEARTBEAT_TIMEOUT_SECONDS', 20, hourSeconds, {
    meaning:
      'How long an attempt may go without a heartbeat before another worker takes it over. Shorter than ATTEMPT_TIMEOUT_SECONDS.',
  }),
};

const polling = {
  firstSeconds: seconds('POLL_FIRST_SECONDS', 5, daySeconds, {
    meaning:
      'The shortest wait between two queries, of DNS while the value propagates and of Cloudflare while it verifies.',
  }),
  growth: declareNumber({
    name: 'POLL_GROWTH',
    meaning: 'Each further wait between two queries is this share of the time waited so far.',
    default: 0.1,
    most: 10,
    unit: null,
  }),
  maxSeconds: seconds('POLL_MAX_SECONDS', 900, daySeconds, { meaning: 'The longest wait between two queries.' }),
};

const propagation = {
  maxSeconds: seconds('PROPAGATION_MAX_SECONDS', hourSeconds, 30 * daySeconds, {
    meaning:
      "How long a run waits until every authoritative server has the value. After that it begins Cloudflare's verification once the DNS provider confirms the record.",
  }),
  refreshSeconds: seconds('PROPAGATION_REFRESH_SECONDS', hourSeconds / 2, 30 * daySeconds, {
    meaning:
      'While Cloudflare verifies: how often the name servers are queried again, so that the status says which side is late.',
  }),
};

export const timingVariables: VariableGroup = {
  title: 'Retries, timeouts and polling',
  variables: [retry, timeouts, polling, propagation].flatMap((part) => Object.values(part)),
};

/** What is wrong is added to `problems`. */
export function readTimings(environment: Environment, problems: string[]): Timings {
  const timings: Timings = {
    retry: readVariables(environment, retry, problems),
    timeouts: readVariables(environment, timeouts, problems),
    polling: readVariables(environment, polling, problems),
    propagation: readVariables(environment, propagation, problems),
  };
  if (timings.retry.retryFirstSeconds > timings.retry.retryMaxSeconds)
    problems.push('RETRY_FIRST_SECONDS, RETRY_MAX_SECONDS: the first wait must not be longer than the longest');
  if (timings.timeouts.heartbeatSeconds >= timings.timeouts.attemptSeconds)
    problems.push(
      "HEARTBEAT_TIMEOUT_SECONDS, ATTEMPT_TIMEOUT_SECONDS: the heartbeat timeout must be shorter than the attempt's",
    );
  if (timings.polling.firstSeconds > timings.polling.maxSeconds)
    problems.push('POLL_FIRST_SECONDS, POLL_MAX_SECONDS: the first wait must not be longer than the longest');
  return timings;
}
