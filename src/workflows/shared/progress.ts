/** The run's one state value, and its views: the `status` query, the search attributes and the UI's current details. */
import { setCurrentDetails, setHandler, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';

import { statusQuery } from '../../contract/handlers.ts';
import { accountIdAttribute, emailDomainAttribute, parseWorkflowId, phaseAttribute } from '../../contract/names/ids.ts';
import type { WorkflowKind } from '../../contract/names/ids.ts';
import type { Phase } from '../../contract/names/phases.ts';
import type { OnboardingStatus } from '../../contract/schemas/onboarding-status.ts';
import { renderDetails } from './details.ts';

export interface Progress {
  readonly status: Readonly<OnboardingStatus>;
  /** Records what has become known. */
  note: (changes: Partial<Omit<OnboardingStatus, 'phase' | 'timeline'>>) => void;
  /** Goes on to the next phase of the story. */
  enter: (phase: Phase, reason: string) => void;
}

/** @param carried the state of the run that this one continues; `null` at the start of a story */
export function trackProgress(story: WorkflowKind, carried: OnboardingStatus | null): Progress {
  const startedAt = new Date().toISOString();
  // The input has not been validated yet, so the id, which the server keeps, is what there is to go by.
  const { accountId, emailDomain } = parseWorkflowId(workflowInfo().workflowId) ?? { accountId: '', emailDomain: '' };
  const first: Phase = story === 'onboarding' ? 'checking-prerequisites' : 'looking';
  let status: OnboardingStatus = carried ?? {
    story,
    accountId,
    emailDomain,
    phase: first,
    reason: 'checking the input',
    nextCheckAt: null,
    startedAt,
    deadlineAt: null,
    timeline: [{ phase: first, enteredAt: startedAt }],
    zone: null,
    provider: null,
    caches: null,
    connectorsBefore: null,
    connector: null,
    txtRecord: null,
    evidence: null,
    verification: { checks: 0, restarts: 0, republished: 0, begunAt: null, verifiedAt: null },
    approval: null,
    confirmation: null,
    enabledAt: null,
    undo: { steps: [], cause: null, givenUp: null },
    offboarding: null,
  };
  setHandler(statusQuery, () => status, { description: 'Where it stands, and why' });

  function note(changes: Partial<OnboardingStatus>): void {
    status = { ...status, ...changes };
    setCurrentDetails(renderDetails(status));
  }

  function publishAttributes(): void {
    upsertSearchAttributes([
      { key: emailDomainAttribute, value: status.emailDomain },
      { key: accountIdAttribute, value: status.accountId },
      { key: phaseAttribute, value: status.phase },
    ]);
  }

  note({});
  publishAttributes();
  return {
    get status() {
      return status;
    },
    note,
    enter(phase, reason) {
      const timeline = [...status.timeline, { phase, enteredAt: new Date().toISOString() }];
      note({ phase, reason, nextCheckAt: null, timeline });
      publishAttributes();
    },
  };
}
