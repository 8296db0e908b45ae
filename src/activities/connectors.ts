import { activityInfo } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';

import type { Cloudflare } from '../cloudflare/cloudflare.ts';
import { CloudflareError } from '../cloudflare/cloudflare-error.ts';
import type { Connector, Pace } from '../contract.ts';
import { decideConnector } from '../decisions/connector.ts';
import type { ConnectorsRead } from '../decisions/connector.ts';
import { normaliseEmailDomain } from '../domains/email-domain.ts';
import { isRefusal } from './failures.ts';
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
  createConnector: (
    request: CreateConnectorRequest,
  ) => Promise<{ connector: Connector; origin: 'created' | 'adopted' }>;
  /** `null`: there is no such connector. */
  getConnector: (request: ConnectorRequest) => Promise<Connector | null>;
  /** Harmless to repeat. */
  beginVerification: (request: ConnectorRequest) => Promise<void>;
  /** Applies at once to every user of the domain. Harmless to repeat. */
  enableConnector: (request: ConnectorRequest) => Promise<void>;
}

export interface CreateConnectorRequest extends DomainRequest {
  useFedrampLanguage: boolean | null;
  before: ConnectorsRead;
}

export function createConnectorActivities({ connectors }: Cloudflare): ConnectorActivities {
  async function list({ accountId, emailDomain }: DomainRequest, options: EffectOptions): Promise<Connector[]> {
    return await connectors.list(accountId, (listed) => isSameDomain(listed, emailDomain), options);
  }

  return {
    async findConnectors(request) {
      return await perform(request.pace, async (options) => {
        const readAt = new Date().toISOString();
        return { connectors: await list(request, options), readAt };
      });
    },

    async createConnector(request) {
      const { accountId, emailDomain, useFedrampLanguage, before, pace } = request;
      const mayHaveCreated = activityInfo().attempt > 1;
      return await perform(pace, async (options) => {
        const look = async () => {
          const decision = decideConnector(await list(request, options), before, mayHaveCreated, useFedrampLanguage);
          if (decision.kind === 'conflict') throw ApplicationFailure.nonRetryable(decision.reason, 'ConnectorConflict');
          return decision;
        };
        const found = await look();
        if (found.kind === 'use') return found;
        try {
          // The value is published before Cloudflare looks for it, so verification begins later.
          const wanted = { emailDomain, beginVerification: false, useFedrampLanguage };
          return { connector: await connectors.create(accountId, wanted, options), origin: 'created' };
        } catch (error) {
          // Somebody else, or an earlier attempt of ours, may have created one only after the look above.
          const late = isRefusal(error) ? await look() : null;
          if (late?.kind !== 'use') throw error;
          return late;
        }
      });
    },

    async getConnector({ accountId, connectorId, pace }) {
      return await perform(pace, async (options) => {
        try {
          return await connectors.get(accountId, connectorId, options);
        } catch (error) {
          if (error instanceof CloudflareError && error.isNotFound) return null;
          throw error;
        }
      });
    },

    async beginVerification({ accountId, connectorId, pace }) {
      await perform(pace, async (options) => {
        await connectors.beginVerification(accountId, connectorId, options);
      });
    },

    async enableConnector({ accountId, connectorId, pace }) {
      await perform(pace, async (options) => {
        await connectors.update(accountId, connectorId, { enabled: true }, options);
      });
    },
  };
}

/** Cloudflare may list a domain in another spelling (capitals, a trailing dot, Unicode) than ours. */
function isSameDomain(listed: string, emailDomain: string): boolean {
  const normal = normaliseEmailDomain(listed);
  return normal.ok && normal.emailDomain === emailDomain;
}
