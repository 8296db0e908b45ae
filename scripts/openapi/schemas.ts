/** The schemas of the OpenAPI description, by the names of their components. */
import type { z } from 'zod';

import { bulkViewSchema } from '../../src/client/bulk-view.ts';
import { runViewSchema } from '../../src/client/run-view.ts';
import { approvalStateSchema, confirmationStateSchema } from '../../src/contract/schemas/answers.ts';
import { callBackEventSchema } from '../../src/contract/schemas/call-back-event.ts';
import { offboardingInputSchema } from '../../src/contract/schemas/offboarding.ts';
import { onboardingInputSchema } from '../../src/contract/schemas/onboarding-input.ts';
import { problemBodySchema } from '../../src/trigger/http-problem.ts';
import {
  approvalBodySchema,
  bulkBodySchema,
  bulkStartedSchema,
  confirmationBodySchema,
  domainsSchema,
  eventAcceptedSchema,
  offboardingBodySchema,
  onboardingBodySchema,
  runStartedSchema,
} from '../../src/trigger/schemas.ts';

/** What a caller sends. */
export const inputSchemas = {
  OnboardingInput: onboardingInputSchema,
  OffboardingInput: offboardingInputSchema,
  OnboardingBody: onboardingBodySchema,
  OffboardingBody: offboardingBodySchema,
  BulkBody: bulkBodySchema,
  Approval: approvalBodySchema,
  Confirmation: confirmationBodySchema,
} satisfies Record<string, z.ZodType>;
/** What a caller receives. */
export const answerSchemas = {
  EventAccepted: eventAcceptedSchema,
  Domains: domainsSchema,
  RunStarted: runStartedSchema,
  Run: runViewSchema,
  ApprovalState: approvalStateSchema,
  ConfirmationState: confirmationStateSchema,
  BulkStarted: bulkStartedSchema,
  Bulk: bulkViewSchema,
  CallBackEvent: callBackEventSchema,
  Problem: problemBodySchema,
} satisfies Record<string, z.ZodType>;
