import { describe, expect, test } from 'vitest';

import { timingVariables } from '../../src/config/timings.ts';
import { readWorkerConfig } from '../../src/config/worker.ts';
import { minimal, problemsOf } from './environments.ts';

const names = timingVariables.variables.map(({ name }) => name);

describe('the timings of a worker', () => {
  test('are set one by one', () => {
    const { timings } = readWorkerConfig({
      ...minimal,
      RETRY_FIRST_SECONDS: '0.05',
      RETRY_MAX_SECONDS: '0.1',
      AUTH_RETRY_SECONDS: '0.2',
      THROTTLED_RETRY_SECONDS: '0.3',
      UNDO_RETRY_SECONDS: '0.4',
      ATTEMPT_TIMEOUT_SECONDS: '0.6',
      HEARTBEAT_TIMEOUT_SECONDS: '0.5',
      POLL_FIRST_SECONDS: '0.7',
      POLL_GROWTH: '0.8',
      POLL_MAX_SECONDS: '0.9',
      PROPAGATION_MAX_SECONDS: '1.5',
      PROPAGATION_REFRESH_SECONDS: '2.5',
    });
    expect(timings).toEqual({
      retry: {
        retryFirstSeconds: 0.05,
        retryMaxSeconds: 0.1,
        authRetrySeconds: 0.2,
        throttledRetrySeconds: 0.3,
        undoRetrySeconds: 0.4,
      },
      timeouts: { attemptSeconds: 0.6, heartbeatSeconds: 0.5 },
      polling: { firstSeconds: 0.7, growth: 0.8, maxSeconds: 0.9 },
      propagation: { maxSeconds: 1.5, refreshSeconds: 2.5 },
    });
  });

  test.each(names.flatMap((name) => ['0', '-1', 'soon', 'Infinity', '1e9'].map((text) => [name, text] as const)))(
    'are refused when %s is %s',
    (name, text) => {
      expect(problemsOf({ ...minimal, [name]: text })).toEqual([
        expect.stringMatching(new RegExp(`^${name}: "${text}" is not a number above 0 and at most \\d+$`, 'u')),
      ]);
    },
  );

  test.each([
    ['RETRY_FIRST_SECONDS, RETRY_MAX_SECONDS', { RETRY_FIRST_SECONDS: '10', RETRY_MAX_SECONDS: '5' }],
    ['POLL_FIRST_SECONDS, POLL_MAX_SECONDS', { POLL_FIRST_SECONDS: '10', POLL_MAX_SECONDS: '5' }],
    ['HEARTBEAT_TIMEOUT_SECONDS, ATTEMPT_TIMEOUT_SECONDS', { HEARTBEAT_TIMEOUT_SECONDS: '60' }],
  ])('are refused when %s contradict each other', (variables, environment) => {
    expect(problemsOf({ ...minimal, ...environment })).toEqual([
      expect.stringMatching(new RegExp(`^${variables}: `, 'u')),
    ]);
  });
});
