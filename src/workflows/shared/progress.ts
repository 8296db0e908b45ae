/** The status of a domain's run, and its views: the `status` query, the search attributes and the UI's current details. */
import { setCurrentDetails, setHandler, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';

import { statusQuery } from '../../contract/handlers.ts';
import type { DomainStatus } from '../../contract/handlers.ts';
import { accountIdAttribute, emailDomainAttribute, parseWorkflowId, phaseAttribute } from '../../contract/names/ids.ts';
import { renderStatus } from './status-details.ts';

export interface Progress<Status extends DomainStatus> {
  readonly status: Readonly<Status>;
  set: (changes: Partial<Omit<Status, 'kind' | 'phase' | 'timeline'>>) => void;
  enterPhase: (phase: Status['phase'], reason: string) => void;
}

/** As much of it as both workflows share. */
export interface DomainProgress {
  readonly status: Readonly<DomainStatus>;
  set: (changes: Partial<Pick<DomainStatus, 'reason' | 'nextCheckAt' | 'deadlineAt' | 'approval'>>) => void;
  enterPhase: (phase: 'waiting-for-approval', reason: string) => void;
}

/** The status fields of a new run. The input has not been checked yet, so the domain comes from the workflow id. */
export function initialStatus<const Phase extends string>(phase: Phase) {
  const startedAt = new Date().toISOString();
  const domain = parseWorkflowId(workflowInfo().workflowId) ?? { accountId: '', emailDomain: '' };
  return {
    ...domain,
    phase,
    reason: 'checking the input',
    nextCheckAt: null,
    startedAt,
    deadlineAt: null,
    timeline: [{ phase, enteredAt: startedAt }],
    txtRecord: null,
    approval: null,
  };
}

/** @param initial a new status, or that of the run that this one continues */
export function trackProgress<Status extends DomainStatus>(initial: Status): Progress<Status> {
  let status = initial;
  setHandler(statusQuery, () => status, { description: 'The phase of the run, and why it is there' });

  function publishAttributes(): void {
    upsertSearchAttributes([
      { key: emailDomainAttribute, value: status.emailDomain },
      { key: accountIdAttribute, value: status.accountId },
      { key: phaseAttribute, value: status.phase },
    ]);
  }

  setCurrentDetails(renderStatus(status));
  publishAttributes();
  return {
    get status() {
      return status;
    },
    set(changes) {
      status = { ...status, ...changes };
      setCurrentDetails(renderStatus(status));
    },
    enterPhase(phase, reason) {
      const timeline = [...status.timeline, { phase, enteredAt: new Date().toISOString() }];
      status = { ...status, phase, reason, nextCheckAt: null, timeline };
      setCurrentDetails(renderStatus(status));
      publishAttributes();
    },
  };
}
