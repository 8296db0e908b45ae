import { ApplicationFailure } from '@temporalio/common';

import { CloudflareError } from '../cloudflare/cloudflare-error.ts';
import type { Cloudflare } from '../cloudflare/cloudflare.ts';
import type { Connectors } from '../cloudflare/connectors.ts';
import { isRefusal } from '../cloudflare/error-class.ts';
import type { AccountDomain } from '../contract/names/ids.ts';
import type { Connector, ConnectorsRead } from '../contract/schemas/connector.ts';
import { decideConnector } from '../decisions/connector.ts';
import type { RetryTimings } from '../decisions/timings.ts';
import { readListedDomain } from '../domains/email-domain.ts';
import { notYet } from './failures.ts';
import { perform } from './perform.ts';
import type { EffectOptions } from './perform.ts';

interface ConnectorRequest {
  accountId: string;
  connectorId: string;
}

/** What an effect that can be undone reports. */
export interface EffectReport {
  /** Whether this run caused the effect, so that it is this run's to undo. */
  ours: boolean;
  /** False after an attempt whose answer was lost: that attempt may still act. */
  certain: boolean;
}

interface CreatedConnector extends EffectReport {
  connector: Connector;
  origin: 'created' | 'adopted';
}

interface CreateConnectorRequest extends AccountDomain {
  /** Left out: a new connector gets Cloudflare's default. */
  useFedrampLanguage?: boolean | undefined;
  before: ConnectorsRead;
}

export function createConnectorActivities({ connectors }: Cloudflare, retry: RetryTimings) {
  async function requireConnector(
    { accountId, connectorId }: ConnectorRequest,
    options: EffectOptions,
  ): Promise<Connector> {
    const connector = await readConnector(connectors, accountId, connectorId, options);
    if (connector !== null) return connector;
    const details = { mayHaveWritten: options.mayHaveWritten };
    throw ApplicationFailure.nonRetryable(`connector ${connectorId} no longer exists`, 'ConnectorChanged', details);
  }

  return {
    /** The domain's connectors now. */
    findConnectors: async (request: AccountDomain): Promise<ConnectorsRead> => {
      return await perform(retry, async (options) => {
        const readAt = new Date().toISOString();
        return { connectors: await listConnectors(connectors, request, options), readAt };
      });
    },

    /**
     * The domain's one connector: an existing one, or a new one whose verification has not begun. Reads before it writes, so
     * that after an attempt whose answer was lost no second connector is created.
     * @throws {ApplicationFailure} `ConnectorConflict`
     */
    createConnector: async (request: CreateConnectorRequest): Promise<CreatedConnector> => {
      const { accountId, emailDomain, useFedrampLanguage, before } = request;
      return await perform(retry, async (options) => {
        const mayHaveCreated = options.mayHaveWritten;
        const decide = async () => {
          const now = await listConnectors(connectors, request, options);
          const decision = decideConnector(now, before, mayHaveCreated, useFedrampLanguage);
          if (decision.kind === 'conflict') {
            const details = { mayHaveWritten: mayHaveCreated };
            throw ApplicationFailure.nonRetryable(decision.reason, 'ConnectorConflict', details);
          }
          return decision;
        };
        const found = await decide();
        if (found.kind === 'use') return report(found, mayHaveCreated);
        try {
          // Verification begins later, after the TXT value is published.
          const wanted = { emailDomain, beginVerification: false, useFedrampLanguage };
          options.aboutToWrite();
          const connector = await connectors.create(accountId, wanted, options);
          return report({ connector, origin: 'created' }, mayHaveCreated);
        } catch (error) {
          // Somebody else, or an earlier attempt of ours, may have created one after the read above.
          const late = isRefusal(error) ? await decide() : null;
          if (late?.kind !== 'use') throw error;
          return report(late, mayHaveCreated);
        }
      });
    },

    /** `null`: the connector does not exist. */
    getConnector: async ({ accountId, connectorId }: ConnectorRequest): Promise<Connector | null> => {
      return await perform(retry, async (options) => await readConnector(connectors, accountId, connectorId, options));
    },

    /** Can be repeated. */
    beginVerification: async (request: ConnectorRequest): Promise<void> => {
      await perform(retry, async (options) => {
        const hasBegun = async () => {
          const { verificationStatus } = await requireConnector(request, options);
          return verificationStatus === 'pending' || verificationStatus === 'verified';
        };
        // Cloudflare does not document what a second begin_verification does.
        if (await hasBegun()) return;
        try {
          await connectors.beginVerification(request.accountId, request.connectorId, options);
        } catch (error) {
          // An earlier attempt of ours, or somebody else, may have begun it.
          if (!isRefusal(error) || !(await hasBegun())) throw error;
        }
      });
    },

    /** Applies at once to every user of the domain. Can be repeated. `ours` is false if somebody else had enabled it. */
    enableConnector: async (request: ConnectorRequest): Promise<EffectReport> => {
      return await perform(retry, async (options) => {
        const certain = !options.mayHaveWritten;
        const { enabled } = await requireConnector(request, options);
        // Enabled after an attempt of ours that may have been sent: that attempt enabled it.
        if (enabled) return { ours: !certain, certain };
        options.aboutToWrite();
        await connectors.update(request.accountId, request.connectorId, { enabled: true }, options);
        return { ours: true, certain };
      });
    },

    /**
     * Deletes a disabled connector, whoever created it, and reads again before it reports. Can be repeated.
     * @throws {ApplicationFailure} `ConnectorChanged` if it has been enabled
     */
    removeConnector: async ({ accountId, connectorId }: ConnectorRequest): Promise<{ note: string }> => {
      return await perform(retry, async (options) => {
        const connector = await readConnector(connectors, accountId, connectorId, options);
        if (connector === null) return { note: 'it is gone' };
        if (connector.enabled) {
          throw ApplicationFailure.nonRetryable(`connector ${connectorId} has been enabled again`, 'ConnectorChanged');
        }
        await deleteIfThere(connectors, accountId, connectorId, options);
        if ((await readConnector(connectors, accountId, connectorId, options)) === null) return { note: 'deleted' };
        throw notYet(`connector ${connectorId} still exists`);
      });
    },
  };
}

/** `null`: the connector does not exist. */
export async function readConnector(
  connectors: Connectors,
  accountId: string,
  connectorId: string,
  options: EffectOptions,
): Promise<Connector | null> {
  try {
    return await connectors.get(accountId, connectorId, options);
  } catch (error) {
    if (error instanceof CloudflareError && error.isNotFound) return null;
    throw error;
  }
}

/** A connector that was deleted since it was read is not an error. */
export async function deleteIfThere(
  connectors: Connectors,
  accountId: string,
  connectorId: string,
  options: EffectOptions,
): Promise<void> {
  try {
    await connectors.delete(accountId, connectorId, options);
  } catch (error) {
    if (!(error instanceof CloudflareError && error.isNotFound)) throw error;
  }
}

function report(
  { connector, origin }: Pick<CreatedConnector, 'connector' | 'origin'>,
  mayHaveCreated: boolean,
): CreatedConnector {
  return { connector, origin, ours: origin === 'created', certain: !mayHaveCreated };
}

/** The domain's connectors. */
export async function listConnectors(
  connectors: Connectors,
  { accountId, emailDomain }: AccountDomain,
  options: EffectOptions,
): Promise<Connector[]> {
  return await connectors.list(accountId, (listed) => readListedDomain(listed) === emailDomain, options);
}
