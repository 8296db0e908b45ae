import type { Connector, ConnectorsRead, UndoKind } from '../contract.ts';
import { isOurs } from './connector.ts';

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

/**
 * The connectors that this run made: the one that a create of its own reported, and, where an answer was lost, any
 * that can only have come from it.
 */
export function findOwnConnectors(
  now: Connector[],
  { createdId, before, certain }: { createdId: string | null; before: ConnectorsRead; certain: boolean },
): Connector[] {
  return now.filter((connector) => connector.id === createdId || (!certain && isOurs(connector, before)));
}
