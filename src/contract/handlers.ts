/** Signatures of the workflows, and their queries, signals and updates. */
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';

import type { ConflictReason } from './names/vocabulary.ts';
import type { Answer, ApprovalState, ConfirmationState } from './schemas/answers.ts';
import type { BulkInput, BulkResult, BulkStatus } from './schemas/bulk.ts';
import type { ConnectorRecord } from './schemas/connector-record.ts';
import type { DriftInput, DriftReport } from './schemas/drift.ts';
import type { OffboardingInput, OffboardingResult, OffboardingStatus } from './schemas/offboarding.ts';
import type { OnboardingInput } from './schemas/onboarding-input.ts';
import type { OnboardingResult, OnboardingStatus } from './schemas/onboarding-status.ts';
import type { UndoReport } from './schemas/undo.ts';

export type OnboardWorkflow = (input: OnboardingInput) => Promise<OnboardingResult>;
export type BulkWorkflow = (input: BulkInput) => Promise<BulkResult>;
export type DriftWorkflow = (input: DriftInput) => Promise<DriftReport>;

/** One workflow of a domain, and its input. */
export type DomainRequest =
  | { kind: 'onboarding'; input: OnboardingInput }
  | { kind: 'offboarding'; input: OffboardingInput };
/** An event of a caller. Its input has been checked, and its domain is in normal form. */
export type Delivery = DomainRequest & { caller: string };

export interface DeliveryResult {
  /** `joined`: a run with the same input was in progress; `refused`: something else was, see `because`. */
  outcome: 'started' | 'joined' | 'refused';
  workflowId: string;
  /** The first run of the chain that was started or joined; `null`: refused. */
  runId: string | null;
  because: ConflictReason | null;
}
export type DeliverWorkflow = (delivery: Delivery) => Promise<DeliveryResult>;

/** The status of either workflow of a domain. */
export type DomainStatus = OnboardingStatus | OffboardingStatus;
export type DomainResult = OnboardingResult | OffboardingResult;

export const statusQuery = defineQuery<DomainStatus>('status');
/** The argument: how many finished rows the client has already; they are left out. */
export const bulkStatusQuery = defineQuery<BulkStatus, [seen?: number]>('bulkStatus');

/** Ends the current wait of an onboarding at once. */
export const checkNowSignal = defineSignal('checkNow');
/** Sent to the record of a domain: the connector was enabled again, possibly with another value. */
export const updateRecordSignal = defineSignal<[ConnectorRecord]>('updateRecord');
/** Sent to the record of a domain: the domain has been off-boarded. */
export const closeRecordSignal = defineSignal('closeRecord');

/** Accepted in `waiting-for-approval` until somebody has answered; rejected otherwise. */
export const approveUpdate = defineUpdate<ApprovalState, [Answer]>('approve');
export const rejectUpdate = defineUpdate<ApprovalState, [Answer]>('reject');
/** Accepted in `waiting-for-confirmation`: somebody could sign in. Rejected otherwise. */
export const confirmUpdate = defineUpdate<ConfirmationState, [Answer]>('confirm');
/** Ends an undo that cannot be completed, and reports what is left. Rejected while no undo is running. */
export const giveUpUndoUpdate = defineUpdate<UndoReport, [Answer]>('giveUpUndo');
