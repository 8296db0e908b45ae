/** What takes effects back. Each looks first, so that it can be repeated, and looks again before it reports. */
import { ApplicationFailure } from '@temporalio/common';

import type { Cloudflare } from '../cloudflare/cloudflare.ts';
import { CloudflareError } from '../cloudflare/cloudflare-error.ts';
import type { Connector, ConnectorsRead, Pace } from '../contract.ts';
import { decideUndo, findOwnConnectors } from '../decisions/undo.ts';
import { listConnectors } from './connectors.ts';
import { perform } from './perform.ts';
import type { EffectOptions } from './perform.ts';

export interface UndoOutcome {
  state: 'undone' | 'left';
  note: string;
}

export interface DeleteConnectorRequest {
  accountId: string;
  emailDomain: string;
  /** The connector that a create of this run reported; `null` when none did. */
  createdId: string | null;
  before: ConnectorsRead;
  certain: boolean;
  pace: Pace;
}

export interface UndoActivities {
  disableConnector: (request: { accountId: string; connectorId: string; pace: Pace }) => Promise<UndoOutcome>;
  /** Deletes what this run created, and nothing that is enabled. */
  deleteConnector: (request: DeleteConnectorRequest) => Promise<UndoOutcome>;
}

export function createUndoActivities({ connectors }: Cloudflare): UndoActivities {
  async function read(accountId: string, connectorId: string, options: EffectOptions): Promise<Connector | null> {
    try {
      return await connectors.get(accountId, connectorId, options);
    } catch (error) {
      if (error instanceof CloudflareError && error.isNotFound) return null;
      throw error;
    }
  }

  return {
    async disableConnector({ accountId, connectorId, pace }) {
      return await perform(pace, async (options) => {
        const decision = decideUndo('disable-connector', await read(accountId, connectorId, options));
        if (decision.kind !== 'act') return { state: 'undone', note: decision.note };
        await connectors.update(accountId, connectorId, { enabled: false }, options);
        const after = await read(accountId, connectorId, options);
        if (after?.enabled === true)
          throw notYet('Cloudflare accepted the disabling, and still shows the connector enabled');
        return { state: 'undone', note: 'disabled again' };
      });
    },

    async deleteConnector({ accountId, emailDomain, createdId, before, certain, pace }) {
      const own = { createdId, before, certain };
      return await perform(pace, async (options) => {
        const found = findOwnConnectors(await listConnectors(connectors, { accountId, emailDomain }, options), own);
        const outcomes: UndoOutcome[] = [];
        for (const connector of found) {
          const decision = decideUndo('delete-connector', connector);
          if (decision.kind === 'leave') {
            outcomes.push({ state: 'left', note: decision.note });
            continue;
          }
          await deleteOne(accountId, connector.id, options);
          outcomes.push({ state: 'undone', note: `connector ${connector.id} deleted` });
        }
        const still = findOwnConnectors(await listConnectors(connectors, { accountId, emailDomain }, options), own);
        if (still.some(({ enabled }) => !enabled))
          throw notYet('Cloudflare accepted the deletion, and still lists the connector');
        return join(outcomes);
      });
    },
  };

  async function deleteOne(accountId: string, connectorId: string, options: EffectOptions): Promise<void> {
    try {
      await connectors.delete(accountId, connectorId, options);
    } catch (error) {
      // Gone between the look and the deletion.
      if (!(error instanceof CloudflareError && error.isNotFound)) throw error;
    }
  }
}

function join(outcomes: UndoOutcome[]): UndoOutcome {
  if (outcomes.length === 0) return { state: 'undone', note: 'there is none' };
  return {
    state: outcomes.some(({ state }) => state === 'left') ? 'left' : 'undone',
    note: outcomes.map(({ note }) => note).join('; '),
  };
}

/** A look after the effect that still shows the old state: tried again, like every failure of an undo. */
export function notYet(message: string): ApplicationFailure {
  return ApplicationFailure.create({ message, type: 'CloudflareUnavailable' });
}
