import type { UndoKind } from '../contract/names/vocabulary.ts';
import type { Connector, ConnectorsRead } from '../contract/schemas/connector.ts';
import type { UndoStep } from '../contract/schemas/undo.ts';
import { isOurs, mayBeOurs } from './connector.ts';
import type { ActivityTimeouts } from './timings.ts';

/**
 * - `act`: undo the effect
 * - `done`: nothing is left to undo
 * - `leave`: the effect stays, because somebody else relies on it
 */
export type UndoDecision = { kind: 'act' } | { kind: 'done' | 'leave'; note: string };

/** What to do about one effect. @param connector as last read; `null`: it does not exist */
export function decideUndo(kind: UndoKind, connector: Connector | null): UndoDecision {
  switch (kind) {
    case 'disable-connector':
      if (connector === null) return { kind: 'done', note: 'the connector is gone' };
      return connector.enabled ? { kind: 'act' } : { kind: 'done', note: 'it is disabled' };
    case 'remove-txt-value':
      // Whoever enabled the connector relies on the value, and Cloudflare may ask for it again.
      return connector?.enabled === true
        ? { kind: 'leave', note: `connector ${connector.id} is enabled, by somebody else, and keeps its TXT value` }
        : { kind: 'act' };
    case 'delete-connector':
      if (connector === null) return { kind: 'done', note: 'it is gone' };
      return connector.enabled
        ? { kind: 'leave', note: `connector ${connector.id} is enabled, by somebody else` }
        : { kind: 'act' };
  }
}

/** What is known of the create that is undone. */
export interface Creation {
  /** The connector that the create returned; `null`: its answer was lost. */
  createdId: string | null;
  before: ConnectorsRead;
  certain: boolean;
  /** What the create asked for; left out: nothing. */
  useFedrampLanguage?: boolean | undefined;
  /** The connector that the run continues with, and that must not be deleted; `null` in the undo. */
  inUseId: string | null;
  /** ISO 8601: after this time no attempt can have acted; `null`: not known. */
  lastPossibleAt: string | null;
}

/** What to do about one of the domain's connectors when its creation is undone. */
export function decideDeletion(
  connector: Connector,
  { createdId, inUseId, before, certain, lastPossibleAt, useFedrampLanguage }: Creation,
): UndoDecision {
  if (connector.id === createdId) return decideUndo('delete-connector', connector);
  if (certain || connector.id === inUseId || !mayBeOurs(connector, before, lastPossibleAt, useFedrampLanguage))
    return { kind: 'done', note: 'there is none' };
  if (isOurs(connector, before, lastPossibleAt, useFedrampLanguage)) return { kind: 'act' };
  return { kind: 'leave', note: `connector ${connector.id} was created meanwhile, and somebody uses it` };
}

/**
 * What the step says about the attempts of its effect. A request can take effect within two attempt timeouts: one for the
 * attempt, one at Cloudflare.
 */
export function certaintyOf(
  step: UndoStep | undefined,
  { attemptSeconds }: ActivityTimeouts,
): Pick<Creation, 'certain' | 'lastPossibleAt'> {
  const endedAt = step?.endedAt ?? null;
  const lastPossibleAt =
    endedAt === null ? null : new Date(Date.parse(endedAt) + 2 * attemptSeconds * 1000).toISOString();
  return { certain: step?.certain ?? false, lastPossibleAt };
}
