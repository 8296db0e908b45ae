import { ApplicationFailure } from '@temporalio/common';

import type { Cloudflare } from '../cloudflare/cloudflare.ts';
import { CloudflareError } from '../cloudflare/cloudflare-error.ts';
import type { Connectors } from '../cloudflare/connectors.ts';
import { isRefusal } from '../cloudflare/error-class.ts';
import type { Pace } from '../contract/old-contract.ts';
import type { Connector, ConnectorsRead } from '../contract/schemas/connector.ts';
import { decideConnector } from '../decisions/connector.ts';
import { readListedDomain } from '../domains/email-domain.ts';
import { notYet } from './failures.ts';
import { perform } from './perform.ts';
import type { EffectOptions } from './perform.ts';

interface ConnectorRequest {
  accountId: string;
  connectorId: string;
  pace: Pace;
}

interface DomainRequest {
  accountId: string;
  emailDomain: string;
  pace: Pace;
}

export interface ConnectorActivities {
  /** The domain's connectors before this run wrote anything. */
  findConnectors: (request: DomainRequest) => Promise<ConnectorsRead>;
  /**
   * The domain's one connector: found, or created with its verification not yet begun. Looks before it writes, so that an
   * attempt whose answer was lost does not make a second one.
   * @throws {ApplicationFailure} `ConnectorConflict`
   */
  createConnector: (request: CreateConnectorRequest) => Promise<CreatedConnector>;
  /** `null`: there is no such connector. */
  getConnector: (request: ConnectorRequest) => Promise<Connector | null>;
  /** Harmless to repeat. */
  beginVerification: (request: ConnectorRequest) => Promise<void>;
  /** Applies at once to every user of the domain. Harmless to repeat. `ours` is false when somebody else had enabled it. */
  enableConnector: (request: ConnectorRequest) => Promise<Reported>;
  /**
   * Deletes a connector that is disabled, whoever made it, and looks again before it reports. Harmless to repeat.
   * @throws {ApplicationFailure} `ConnectorChanged` when it has been enabled
   */
  removeConnector: (request: ConnectorRequest) => Promise<{ note: string }>;
}

/** How an effect that can be undone reports back. */
export interface Reported {
  /** Whether this run brought it about, so that it is this run's to undo. */
  ours: boolean;
  /** False after a try whose answer was lost: that one may still act. */
  certain: boolean;
}

export interface CreatedConnector extends Reported {
  connector: Connector;
  origin: 'created' | 'adopted';
}

export interface CreateConnectorRequest extends DomainRequest {
  useFedrampLanguage: boolean | null;
  before: ConnectorsRead;
}

export function createConnectorActivities({ connectors }: Cloudflare): ConnectorActivities {
  return {
    async findConnectors(request) {
      return await perform(request.pace, async (options) => {
        const readAt = new Date().toISOString();
        return { connectors: await listConnectors(connectors, request, options), readAt };
      });
    },

    async createConnector(request) {
      const { accountId, emailDomain, useFedrampLanguage, before, pace } = request;
      return await perform(pace, async (options) => {
        const mayHaveCreated = options.mayHaveWritten;
        const look = async () => {
          const decision = decideConnector(
            await listConnectors(connectors, request, options),
            before,
            mayHaveCreated,
            useFedrampLanguage,
          );
          if (decision.kind === 'conflict') {
            const details = { mayHaveWritten: mayHaveCreated };
            throw ApplicationFailure.nonRetryable(decision.reason, 'ConnectorConflict', details);
          }
          return decision;
        };
        const found = await look();
        if (found.kind === 'use') return report(found, mayHaveCreated);
        try {
          // The value is published before Cloudflare looks for it, so verification begins later.
          const wanted = { emailDomain, beginVerification: false, useFedrampLanguage };
          options.aboutToWrite();
          const connector = await connectors.create(accountId, wanted, options);
          return report({ connector, origin: 'created' }, mayHaveCreated);
        } catch (error) {
          // Somebody else, or an earlier attempt of ours, may have created one only after the look above.
          const late = isRefusal(error) ? await look() : null;
          if (late?.kind !== 'use') throw error;
          return report(late, mayHaveCreated);
        }
      });
    },

    async getConnector({ accountId, connectorId, pace }) {
      return await perform(pace, async (options) => await readConnector(connectors, accountId, connectorId, options));
    },

    async beginVerification({ accountId, connectorId, pace }) {
      await perform(pace, async (options) => {
        const isUnderWay = async () => {
          const { verificationStatus } = await requireConnector(accountId, connectorId, options);
          return verificationStatus === 'pending' || verificationStatus === 'verified';
        };
        // What beginning does to one that has begun is not documented.
        if (await isUnderWay()) return;
        try {
          await connectors.beginVerification(accountId, connectorId, options);
        } catch (error) {
          // An earlier try of ours, or somebody else, may have begun it.
          if (!isRefusal(error) || !(await isUnderWay())) throw error;
        }
      });
    },

    async enableConnector({ accountId, connectorId, pace }) {
      return await perform(pace, async (options) => {
        const certain = !options.mayHaveWritten;
        const { enabled } = await requireConnector(accountId, connectorId, options);
        // Found enabled when a write of ours may have gone out, it was that write.
        if (enabled) return { ours: !certain, certain };
        options.aboutToWrite();
        await connectors.update(accountId, connectorId, { enabled: true }, options);
        return { ours: true, certain };
      });
    },

    async removeConnector({ accountId, connectorId, pace }) {
      return await perform(pace, async (options) => {
        const connector = await readConnector(connectors, accountId, connectorId, options);
        if (connector === null) return { note: 'it is gone' };
        if (connector.enabled) {
          throw ApplicationFailure.nonRetryable(`connector ${connectorId} has been enabled again`, 'ConnectorChanged');
        }
        try {
          await connectors.delete(accountId, connectorId, options);
        } catch (error) {
          // Gone between the look and the deletion.
          if (!(error instanceof CloudflareError && error.isNotFound)) throw error;
        }
        if ((await readConnector(connectors, accountId, connectorId, options)) === null) return { note: 'deleted' };
        throw notYet(`connector ${connectorId} is still there`);
      });
    },
  };

  async function requireConnector(accountId: string, connectorId: string, options: EffectOptions): Promise<Connector> {
    const connector = await readConnector(connectors, accountId, connectorId, options);
    if (connector !== null) return connector;
    const details = { mayHaveWritten: options.mayHaveWritten };
    throw ApplicationFailure.nonRetryable(`connector ${connectorId} no longer exists`, 'ConnectorChanged', details);
  }
}

/** `null`: there is no such connector. */
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

function report(
  { connector, origin }: Pick<CreatedConnector, 'connector' | 'origin'>,
  mayHaveCreated: boolean,
): CreatedConnector {
  return { connector, origin, ours: origin === 'created', certain: !mayHaveCreated };
}

/** The domain's connectors. */
export async function listConnectors(
  connectors: Connectors,
  { accountId, emailDomain }: Pick<DomainRequest, 'accountId' | 'emailDomain'>,
  options: EffectOptions,
): Promise<Connector[]> {
  return await connectors.list(accountId, (listed) => readListedDomain(listed) === emailDomain, options);
}
