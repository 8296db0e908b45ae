/** What takes effects back. Each looks first, so that it can be repeated, and looks again before it reports. */
import type { Cloudflare } from '../cloudflare/cloudflare.ts';
import { CloudflareError } from '../cloudflare/cloudflare-error.ts';
import type { Pace } from '../contract/old-contract.ts';
import { decideDeletion, decideUndo } from '../decisions/undo.ts';
import type { Creation } from '../decisions/undo.ts';
import { listConnectors, readConnector } from './connectors.ts';
import { notYet } from './failures.ts';
import { perform } from './perform.ts';
import type { EffectOptions } from './perform.ts';

export interface UndoOutcome {
  state: 'undone' | 'left';
  note: string;
}

export interface DeleteConnectorRequest {
  accountId: string;
  emailDomain: string;
  creation: Creation;
  pace: Pace;
}

export interface UndoActivities {
  disableConnector: (request: { accountId: string; connectorId: string; pace: Pace }) => Promise<UndoOutcome>;
  /** Deletes what this run created, and nothing that is enabled. */
  deleteConnector: (request: DeleteConnectorRequest) => Promise<UndoOutcome>;
}

export function createUndoActivities({ connectors }: Cloudflare): UndoActivities {
  return {
    async disableConnector({ accountId, connectorId, pace }) {
      return await perform(pace, async (options) => {
        const decision = decideUndo(
          'disable-connector',
          await readConnector(connectors, accountId, connectorId, options),
        );
        if (decision.kind !== 'act') return { state: 'undone', note: decision.note };
        await connectors.update(accountId, connectorId, { enabled: false }, options);
        const after = await readConnector(connectors, accountId, connectorId, options);
        if (after?.enabled === true)
          throw notYet('Cloudflare accepted the disabling, and still shows the connector enabled');
        return { state: 'undone', note: 'disabled' };
      });
    },

    async deleteConnector({ accountId, emailDomain, creation, pace }) {
      return await perform(pace, async (options) => {
        const decide = async () => {
          const now = await listConnectors(connectors, { accountId, emailDomain }, options);
          return now.map((connector) => ({ connector, decision: decideDeletion(connector, creation) }));
        };
        const outcomes: UndoOutcome[] = [];
        for (const { connector, decision } of await decide()) {
          if (decision.kind === 'leave') outcomes.push({ state: 'left', note: decision.note });
          if (decision.kind !== 'act') continue;
          await deleteOne(accountId, connector.id, options);
          outcomes.push({ state: 'undone', note: `connector ${connector.id} deleted` });
        }
        const still = (await decide()).filter(({ decision }) => decision.kind === 'act');
        if (still.length > 0)
          throw notYet(`connector ${still.map(({ connector }) => connector.id).join(', ')} is still there`);
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
