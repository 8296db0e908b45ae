import { getClient } from '@temporalio/activity';

import { lookAtRunning } from '../client/start-run.ts';
import type { Running } from '../client/start-run.ts';
import { offboarding, onboarding } from '../client/domain-workflows.ts';
import type { DomainRequest } from '../contract/handlers.ts';

export interface RunningStoryActivities {
  /** What runs for the input's domain, seen from that input. */
  lookAtRunning: (request: DomainRequest) => Promise<Running>;
}

export function createRunningStoryActivities(): RunningStoryActivities {
  return {
    async lookAtRunning(request) {
      return request.story === 'onboarding'
        ? await lookAtRunning(getClient(), onboarding, request.input)
        : await lookAtRunning(getClient(), offboarding, request.input);
    },
  };
}
