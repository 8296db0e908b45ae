/** Activities of a drift check. They change nothing. */
import { getClient } from '@temporalio/activity';
import type { Client } from '@temporalio/client';

import { listConnectorRecords, readConnectorRecord } from '../client/connector-records.ts';
import { describeRun } from '../client/find-runs.ts';
import type { Cloudflare } from '../cloudflare/cloudflare.ts';
import { workflowIdFor } from '../contract/names/ids.ts';
import type { AccountDomains } from '../contract/names/ids.ts';
import type { ConnectorRecord, RecordedTxt } from '../contract/schemas/connector-record.ts';
import type { PublishingZone } from '../contract/schemas/dns.ts';
import type { ListedConnector, RecordedDomain } from '../contract/schemas/drift.ts';
import { classifyTxt, inGroups } from '../decisions/drift.ts';
import type { TxtState } from '../decisions/drift.ts';
import type { RetryTimings } from '../decisions/timings.ts';
import type { Dns } from '../dns/dns.ts';
import { DnsError } from '../dns/wire/dns-error.ts';
import { readListedDomain } from '../domains/email-domain.ts';
import { perform } from './perform.ts';

/** A TXT value that is not on every authoritative server that answers. */
export interface TxtProblem {
  emailDomain: string;
  state: Exclude<TxtState, { kind: 'present' }>;
  record: ConnectorRecord;
  txt: RecordedTxt;
  /** The zone as DNS shows it now; `null`: it shows none. */
  shown: PublishingZone | null;
}

/** Domains that are checked at the same time. */
const domainsAtOnce = 20;
/** Finding the zone, and asking its servers. */
const stepsPerDomain = 2;

export function createDriftActivities(dns: Dns, retry: RetryTimings) {
  async function checkTxtValue(
    record: ConnectorRecord,
    txt: RecordedTxt,
    { signal, withinMilliseconds }: { signal: AbortSignal; withinMilliseconds: number },
  ): Promise<TxtProblem | null> {
    const { emailDomain } = record;
    const timeout = AbortSignal.timeout(withinMilliseconds);
    const request = {
      emailDomain,
      signal: AbortSignal.any([signal, timeout]),
      withinMilliseconds: withinMilliseconds / stepsPerDomain,
    };
    try {
      // The domain may have moved to other servers since it was onboarded.
      const finding = await dns.findPublishingZone(request);
      if (finding.kind === 'not-delegated') {
        return { emailDomain, state: { kind: 'missing', detail: finding.reason }, record, txt, shown: null };
      }
      const { name, value } = txt.record;
      const state = classifyTxt(await dns.observeTxt({ ...request, zone: finding.zone, name, value }));
      return state.kind === 'present' ? null : { emailDomain, state, record, txt, shown: finding.zone };
    } catch (error) {
      const detail = explainDnsFailure(error, timeout, withinMilliseconds);
      if (signal.aborted || detail === null) throw error;
      return { emailDomain, state: { kind: 'unknown', detail }, record, txt, shown: null };
    }
  }

  return {
    /** The recorded domains that should be enabled, sorted. Eventually consistent. */
    listRecordedDomains: async ({ accountId }: { accountId: string }): Promise<RecordedDomain[]> => {
      return await perform(retry, async () => {
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

    checkTxtValues: async ({ accountId, emailDomains }: AccountDomains): Promise<TxtProblem[]> => {
      return await perform(retry, async ({ signal, timeoutMilliseconds }) => {
        const client = getClient();
        const groups = inGroups(emailDomains, domainsAtOnce);
        const withinMilliseconds = Math.floor(timeoutMilliseconds / groups.length);
        const found: (TxtProblem | null)[] = [];
        for (const group of groups) {
          const checks = group.map(async (emailDomain) => {
            const record = await readConnectorRecord(client, accountId, emailDomain);
            // Off-boarded during the check.
            if (record === null || record.txt === null) return null;
            return await checkTxtValue(record, record.txt, { signal, withinMilliseconds });
          });
          found.push(...(await Promise.all(checks)));
        }
        return found.filter((problem) => problem !== null);
      });
    },

    /**
     * Which of these domains changed during the check that began at `since` (ISO 8601): a run of theirs is in progress or has
     * ended since, or their record has another connector than the one listed (`connectorId: null`: no record).
     */
    findDomainsInProgress: async ({
      accountId,
      domains,
      since,
    }: {
      accountId: string;
      domains: { emailDomain: string; connectorId: string | null }[];
      since: string;
    }): Promise<string[]> => {
      return await perform(retry, async () => {
        const client = getClient();
        const inProgress: string[] = [];
        for (const group of inGroups(domains, domainsAtOnce)) {
          const unchanged = await Promise.all(
            group.map(async ({ emailDomain, connectorId }) => {
              if (await hasRunSince(client, workflowIdFor(accountId, emailDomain), since)) return false;
              const record = await readConnectorRecord(client, accountId, emailDomain);
              return (record?.connectorId ?? null) === connectorId;
            }),
          );
          inProgress.push(...group.flatMap(({ emailDomain }, index) => (unchanged[index] ? [] : [emailDomain])));
        }
        return inProgress;
      });
    },
  };
}

/** `null`: the error is not about DNS. */
function explainDnsFailure(error: unknown, timeout: AbortSignal, withinMilliseconds: number): string | null {
  if (error instanceof DnsError) return error.message;
  const isTimeout = timeout.aborted && error === timeout.reason;
  return isTimeout ? `DNS did not answer within ${withinMilliseconds / 1000} s` : null;
}

/** Whether the newest run is in progress, or ended at that time (ISO 8601) or later. */
async function hasRunSince(client: Client, workflowId: string, since: string): Promise<boolean> {
  const description = await describeRun(client, workflowId);
  if (description === null) return false;
  const { status, closeTime } = description;
  return status.name === 'RUNNING' || (closeTime ?? new Date()).getTime() >= Date.parse(since);
}

export function createDriftAccountActivities({ connectors }: Cloudflare, retry: RetryTimings) {
  return {
    /** Every connector of the account. */
    listAccountConnectors: async ({ accountId }: { accountId: string }): Promise<ListedConnector[]> => {
      return await perform(retry, async (options) => {
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
