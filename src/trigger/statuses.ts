/** The HTTP status of every outcome of an operation. */
import type { OutcomeKind } from '../client/outcomes.ts';
import type { ProblemStatus } from './http-problem.ts';

export type SuccessStatus = 200 | 202 | 204;

export const statuses = {
  started: 202,
  joined: 200,
  accepted: 202,
  duplicate: 202,
  'id-reused': 409,
  conflict: 409,
  requested: 202,
  recorded: 200,
  'in-progress': 202,
  rejected: 409,
  'not-recorded': 503,
  ended: 409,
  'not-found': 404,
} as const satisfies Record<OutcomeKind, SuccessStatus | ProblemStatus>;
