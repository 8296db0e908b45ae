/** The looks for drift: what should be, and what is. They change nothing. */
import { getClient } from '@temporalio/activity';
import type { Client } from '@temporalio/client';

import { listConnectorRecords, readConnectorRecord } from '../client/connector-records.ts';
import { describeRun } from '../client/describe-run.ts';
import type { Cloudflare } from '../cloudflare/cloudflare.ts';
import { workflowIdFor } from '../contract/names/ids.ts';
import type { Pace } from '../contract/old-contract.ts';
import type { ConnectorRecord, RecordedTxt } from '../contract/schemas/connector-record.ts';
import type { PublishingZone } from '../contract/schemas/dns.ts';
import type { ListedConnector, RecordedDomain } from '../contract/schemas/drift.ts';
import { judgeTxt } from '../decisions/drift.ts';
import type { TxtSight } from '../decisions/drift.ts';
import { inGroups } from '../decisions/in-groups.ts';
import { DnsError } from '../dns/wire/dns-error.ts';
import type { Dns } from '../dns/dns.ts';
import { readListedDomain } from '../domains/email-domain.ts';
import { perform } from './perform.ts';

export interface DriftActivities {
  /** What should be, in the order of the domains' names. Eventually consistent. */
  listRecordedDomains: (request: { accountId: string; pace: Pace }) => Promise<RecordedDomain[]>;
  /** The TXT values that are not at every authoritative server that answers, of these domains. */
  lookAtTxtValues: (request: { accountId: string; emailDomains: string[]; pace: Pace }) => Promise<TxtTrouble[]>;
  /**
   * Which of these domains have changed under the look that began at `since` (ISO 8601): an onboarding or off-boarding of
   * theirs is running or has ended since, or their record is no longer what was listed (`connectorId: null`: none).
   */
  findUnsettled: (request: {
    accountId: string;
    domains: { emailDomain: string; connectorId: string | null }[];
    since: string;
    pace: Pace;
  }) => Promise<string[]>;
}

export interface DriftAccountActivities {
  /** Every connector of the account. */
  listAccountConnectors: (request: { accountId: string; pace: Pace }) => Promise<ListedConnector[]>;
}

export interface TxtTrouble {
  emailDomain: string;
  sight: Exclude<TxtSight, { kind: 'there' }>;
  /** What should be. */
  record: ConnectorRecord;
  txt: RecordedTxt;
  /** The zone as DNS shows it now; `null`: it shows none. */
  shown: PublishingZone | null;
}

/** Domains that are looked at side by side. */
const domainsAtOnce = 20;
/** Finding the zone, and asking its servers. */
const looksPerDomain = 2;

export function createDriftActivities(dns: Dns): DriftActivities {
  async function lookAtTxtValue(
    record: ConnectorRecord,
    txt: RecordedTxt,
    { signal, withinMilliseconds }: { signal: AbortSignal; withinMilliseconds: number },
  ): Promise<TxtTrouble | null> {
    const { emailDomain } = record;
    const late = AbortSignal.timeout(withinMilliseconds);
    const request = {
      emailDomain,
      signal: AbortSignal.any([signal, late]),
      withinMilliseconds: withinMilliseconds / looksPerDomain,
    };
    try {
      // The domain may have moved to other servers since: those of today are the ones that count.
      const finding = await dns.findPublishingZone(request);
      if (finding.kind === 'not-delegated') {
        return { emailDomain, sight: { kind: 'missing', detail: finding.reason }, record, txt, shown: null };
      }
      const { name, value } = txt.record;
      const sight = judgeTxt(await dns.observeTxt({ ...request, zone: finding.zone, name, value }));
      return sight.kind === 'there' ? null : { emailDomain, sight, record, txt, shown: finding.zone };
    } catch (error) {
      const detail = explainUnseen(error, late, withinMilliseconds);
      if (signal.aborted || detail === null) throw error;
      return { emailDomain, sight: { kind: 'unseen', detail }, record, txt, shown: null };
    }
  }

  return {
    async listRecordedDomains({ accountId, pace }) {
      return await perform(pace, async () => {
        const domains: RecordedDomain[] = [];
        for await (const { emailDomain, connectorId, txt, shouldBeEnabled } of listConnectorRecords(
          getClient(),
          accountId,
        )) {
          if (!shouldBeEnabled) continue;
          domains.push({ emailDomain, connectorId, hasTxt: txt !== null && txt.shown !== null });
        }
        return domains.toSorted((one, other) => (one.emailDomain < other.emailDomain ? -1 : 1));
      });
    },

    async lookAtTxtValues({ accountId, emailDomains, pace }) {
      return await perform(pace, async ({ signal, timeoutMilliseconds }) => {
        const client = getClient();
        const rounds = inGroups(emailDomains, domainsAtOnce);
        const withinMilliseconds = Math.floor(timeoutMilliseconds / rounds.length);
        const found: (TxtTrouble | null)[] = [];
        for (const round of rounds) {
          const looks = round.map(async (emailDomain) => {
            const record = await readConnectorRecord(client, accountId, emailDomain);
            // Off-boarded meanwhile: nothing should be there any more.
            if (record === null || record.txt === null) return null;
            return await lookAtTxtValue(record, record.txt, { signal, withinMilliseconds });
          });
          found.push(...(await Promise.all(looks)));
        }
        return found.filter((trouble) => trouble !== null);
      });
    },

    async findUnsettled({ accountId, domains, since, pace }) {
      return await perform(pace, async () => {
        const client = getClient();
        const unsettled: string[] = [];
        for (const group of inGroups(domains, domainsAtOnce)) {
          const settled = await Promise.all(
            group.map(async ({ emailDomain, connectorId }) => {
              if (await hasRunSince(client, workflowIdFor(accountId, emailDomain), since)) return false;
              const record = await readConnectorRecord(client, accountId, emailDomain);
              return (record?.connectorId ?? null) === connectorId;
            }),
          );
          unsettled.push(...group.flatMap(({ emailDomain }, index) => (settled[index] === true ? [] : [emailDomain])));
        }
        return unsettled;
      });
    },
  };
}

/** `null`: it is an error of another kind. */
function explainUnseen(error: unknown, late: AbortSignal, withinMilliseconds: number): string | null {
  if (error instanceof DnsError) return error.message;
  return late.aborted && error === late.reason ? `DNS did not answer within ${withinMilliseconds / 1000} s` : null;
}

/** Whether its newest run is under way, or ended at that time (ISO 8601) or later. */
async function hasRunSince(client: Client, workflowId: string, since: string): Promise<boolean> {
  const description = await describeRun(client, workflowId);
  if (description === null) return false;
  const { status, closeTime } = description;
  return status.name === 'RUNNING' || (closeTime ?? new Date()).getTime() >= Date.parse(since);
}

export function createDriftAccountActivities({ connectors }: Cloudflare): DriftAccountActivities {
  return {
    async listAccountConnectors({ accountId, pace }) {
      return await perform(pace, async (options) => {
        const all = await connectors.list(accountId, () => true, options);
        return all.map(({ id, emailDomain, enabled, verificationStatus }) => ({
          id,
          emailDomain: readListedDomain(emailDomain) ?? emailDomain,
          enabled,
          verificationStatus,
        }));
      });
    },
  };
}
