import type { UndoKind } from '../contract/names/vocabulary.ts';
import type { Connector, ConnectorsRead } from '../contract/schemas/connector.ts';
import { isOurs, mayBeOurs } from './connector.ts';

/**
 * - `act`: take the effect back
 * - `done`: there is nothing (any more) to take back
 * - `leave`: it is not, or no longer, this run's to take back
 */
export type UndoDecision = { kind: 'act' } | { kind: 'done' | 'leave'; note: string };

/** What to do about one effect, given the connector as it is now (`null`: it does not exist). */
export function decideUndo(kind: UndoKind, connector: Connector | null): UndoDecision {
  switch (kind) {
    case 'disable-connector':
      if (connector === null) return { kind: 'done', note: 'the connector is gone' };
      return connector.enabled ? { kind: 'act' } : { kind: 'done', note: 'it is disabled' };
    case 'remove-txt-value':
      // Whoever enabled it relies on it, and may be asked for the value again.
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

/** What is known of the create that is to be undone. */
export interface Creation {
  /** The connector that it reported; `null` when it never reported back. */
  createdId: string | null;
  before: ConnectorsRead;
  certain: boolean;
  /** The language that it asked for; `null`: any. */
  useFedrampLanguage: boolean | null;
  /** The connector that the run goes on with, which is none to delete; `null` in the undo. */
  inUseId: string | null;
  /** ISO 8601: when the last try of it can have acted at the latest; `null`: not known. */
  lastPossibleAt: string | null;
}

/** What to do about one of the domain's connectors when the creation is undone. */
export function decideDeletion(
  connector: Connector,
  { createdId, inUseId, before, certain, lastPossibleAt, useFedrampLanguage }: Creation,
): UndoDecision {
  if (connector.id === createdId) return decideUndo('delete-connector', connector);
  if (certain || connector.id === inUseId || !mayBeOurs(connector, before, lastPossibleAt, useFedrampLanguage))
    return { kind: 'done', note: 'there is none' };
  if (isOurs(connector, before, lastPossibleAt, useFedrampLanguage)) return { kind: 'act' };
  return { kind: 'leave', note: `connector ${connector.id} has been made meanwhile, and somebody has gone on with it` };
}
