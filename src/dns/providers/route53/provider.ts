/**
 * Publishes in a Route 53 hosted zone, where all TXT values of a name are one record set that is replaced as a whole.
 * Credentials come from the AWS SDK's default chain.
 */
import { randomUUID } from 'node:crypto';

import type { Change, ResourceRecordSet, Route53Client } from '@aws-sdk/client-route-53';

import { DeadlineError, runWithin } from '../../wire/deadline.ts';
import { ProviderError, refusedFor } from '../../publishing/provider-error.ts';
import { markOfRun, requireZoneId, refusalAsFinding } from '../../publishing/provider-zone.ts';
import { createRoute53, createRoute53Client } from './client.ts';
import { outOfTime } from './error.ts';
import { changesToAdd, changesToRemove, hasValue } from './sets.ts';
import { areRoute53Servers, findHostedZone } from './zone.ts';
import type {
  ProviderCallOptions,
  TxtRecordProvider,
  TxtTarget,
  WantedZone,
  ZoneFinding,
} from '../../publishing/provider.ts';

/** How often a change is attempted when somebody else keeps changing the values. */
const maxAttempts = 5;

/** @param client left out: one for the AWS configuration of the machine */
export function createRoute53Provider(client: Route53Client = createRoute53Client()): TxtRecordProvider {
  const route53 = createRoute53(client);

  async function listSets({ zone, name }: TxtTarget, signal: AbortSignal): Promise<ResourceRecordSet[]> {
    return await route53.listSetsAt(requireZoneId(zone.zoneId), name, signal);
  }

  /** Lists the sets and changes them, again after each lost race. Returns the change's id; `null`: there was nothing to change. */
  async function changeSets(
    target: TxtTarget,
    signal: AbortSignal,
    decide: (sets: readonly ResourceRecordSet[]) => Change[],
    aboutToWrite: () => void = () => undefined,
  ): Promise<string | null> {
    for (let attempt = 1; ; attempt += 1) {
      const changes = decide(await listSets(target, signal));
      if (changes.length === 0) return null;
      aboutToWrite();
      try {
        return await route53.change(requireZoneId(target.zone.zoneId), changes, markOfRun(target.runId), signal);
      } catch (error) {
        const isRaced = error instanceof ProviderError && error.kind === 'raced';
        if (!isRaced || attempt === maxAttempts) throw error;
      }
    }
  }

  /** Checks the permissions that publishing needs, with a change that cannot be made and the status of one that does not exist. */
  async function requirePermissions(zoneId: string, name: string, signal: AbortSignal): Promise<void> {
    const nothing: ResourceRecordSet = {
      Name: name,
      Type: 'TXT',
      TTL: 1,
      ResourceRecords: [{ Value: `"${randomUUID()}"` }],
    };
    const changes: Change[] = [{ Action: 'DELETE', ResourceRecordSet: nothing }];
    try {
      await route53.change(zoneId, changes, 'cloudflare-sso-onboarding: deletes what is not there', signal);
    } catch (error) {
      const isNotThere = error instanceof ProviderError && error.kind === 'raced';
      if (!isNotThere) throw error;
    }
    await route53.isInSync(`C${randomUUID().replaceAll('-', '').toUpperCase()}`, signal);
  }

  async function findZone(wanted: WantedZone, options: ProviderCallOptions): Promise<ZoneFinding> {
    try {
      return await withinTime(options, async (signal) => {
        const finding = await findHostedZone(route53, wanted, signal);
        if (finding.fit) await requirePermissions(requireZoneId(finding.zone.zoneId), wanted.emailDomain, signal);
        return finding;
      });
    } catch (error) {
      return refusalAsFinding(wanted, error);
    }
  }

  return {
    name: 'route53',

    async claim(wanted, options) {
      // First, because a machine without credentials may need seconds to find that out.
      if (!areRoute53Servers(wanted.shown.nameServers)) return null;
      const finding = await withinTime(options, async (signal) => await findHostedZone(route53, wanted, signal));
      if (!finding.fit) throw refusedFor(finding.problems);
      return `${finding.zone.apex} is on Route 53's name servers, and the AWS account has its hosted zone ${finding.zone.zoneId}`;
    },

    findZone,

    async find(target, options) {
      const sets = await withinTime(options, async (signal) => await listSets(target, signal));
      return hasValue(sets, target.value) ? { recordId: null } : null;
    },

    async publish(target, options) {
      const { name, value } = target;
      const changeId = await withinTime(
        options,
        async (signal) =>
          await changeSets(
            target,
            signal,
            (sets) => (hasValue(sets, value) ? [] : changesToAdd(sets, name, value)),
            options.aboutToWrite,
          ),
      );
      return { recordId: null, changeId, ours: changeId !== null || options.mayHaveWritten };
    },

    async hasSpread(changeId, options) {
      return await withinTime(options, async (signal) => await route53.isInSync(changeId, signal));
    },

    async remove(target, options) {
      const { name, value } = target;
      const changeId = await withinTime(
        options,
        async (signal) =>
          await changeSets(target, signal, (sets) => (hasValue(sets, value) ? changesToRemove(sets, name, value) : [])),
      );
      return changeId === null ? 'absent' : 'removed';
    },
  };
}

async function withinTime<T>(options: ProviderCallOptions, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  try {
    return await runWithin(options.timeoutMilliseconds, options.signal, work);
  } catch (error) {
    throw error instanceof DeadlineError ? outOfTime(error) : error;
  }
}
