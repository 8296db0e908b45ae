/** Activities that undo effects. Each reads before it writes, so that it can be repeated, and reads again before it reports. */
import type { Cloudflare } from '../cloudflare/cloudflare.ts';
import type { AccountDomain } from '../contract/names/ids.ts';
import { decideDeletion, decideUndo } from '../decisions/undo.ts';
import type { Creation } from '../decisions/undo.ts';
import type { RetryTimings } from '../decisions/timings.ts';
import { deleteIfThere, listConnectors, readConnector } from './connectors.ts';
import { notYet } from './failures.ts';
import { perform } from './perform.ts';

export interface UndoOutcome {
  state: 'undone' | 'left';
  note: string;
}

export type DeleteConnectorRequest = AccountDomain & { creation: Creation };

export function createUndoActivities({ connectors }: Cloudflare, retry: RetryTimings) {
  return {
    disableConnector: async ({
      accountId,
      connectorId,
    }: {
      accountId: string;
      connectorId: string;
    }): Promise<UndoOutcome> => {
      return await perform(retry, async (options) => {
        const decision = decideUndo(
          'disable-connector',
          await readConnector(connectors, accountId, connectorId, options),
        );
        if (decision.kind !== 'act') return { state: 'undone', note: decision.note };
        await connectors.update(accountId, connectorId, { enabled: false }, options);
        const after = await readConnector(connectors, accountId, connectorId, options);
        if (after?.enabled === true)
          throw notYet('Cloudflare accepted the change but still reports the connector as enabled');
        return { state: 'undone', note: 'disabled' };
      });
    },

    /** Deletes the connectors that the run created, and none that is enabled. */
    deleteConnector: async ({ accountId, emailDomain, creation }: DeleteConnectorRequest): Promise<UndoOutcome> => {
      return await perform(retry, async (options) => {
        const decide = async () => {
          const now = await listConnectors(connectors, { accountId, emailDomain }, options);
          return now.map((connector) => ({ connector, decision: decideDeletion(connector, creation) }));
        };
        const outcomes: UndoOutcome[] = [];
        for (const { connector, decision } of await decide()) {
          if (decision.kind === 'leave') outcomes.push({ state: 'left', note: decision.note });
          if (decision.kind !== 'act') continue;
          await deleteIfThere(connectors, accountId, connector.id, options);
          outcomes.push({ state: 'undone', note: `connector ${connector.id} deleted` });
        }
        const remaining = (await decide()).filter(({ decision }) => decision.kind === 'act');
        if (remaining.length > 0)
          throw notYet(`connector ${remaining.map(({ connector }) => connector.id).join(', ')} still exists`);
        return join(outcomes);
      });
    },
  };
}

function join(outcomes: UndoOutcome[]): UndoOutcome {
  if (outcomes.length === 0) return { state: 'undone', note: 'there is none' };
  return {
    state: outcomes.some(({ state }) => state === 'left') ? 'left' : 'undone',
    note: outcomes.map(({ note }) => note).join('; '),
  };
}
