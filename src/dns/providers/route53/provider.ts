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
  PublishOptions,
  TxtRecordProvider,
  TxtTarget,
  VisibleZone,
  WantedZone,
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
        const isConflict = error instanceof ProviderError && error.kind === 'conflict';
        if (!isConflict || attempt === maxAttempts) throw error;
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
      const isNotThere = error instanceof ProviderError && error.kind === 'conflict';
      if (!isNotThere) throw error;
    }
    await route53.isInSync(`C${randomUUID().replaceAll('-', '').toUpperCase()}`, signal);
  }

  return {
    name: 'route53',

    claim: inTime(async (wanted: VisibleZone, signal) => {
      // First, because a machine without credentials may need seconds to find that out.
      if (!areRoute53Servers(wanted.shown.nameServers)) return null;
      const finding = await findHostedZone(route53, wanted, signal);
      if (!finding.fit) throw refusedFor(finding.problems);
      return `${finding.zone.apex} is on Route 53's name servers, and the AWS account has its hosted zone ${finding.zone.zoneId}`;
    }),

    findZone: inTime(async (wanted: WantedZone, signal) => {
      try {
        const finding = await findHostedZone(route53, wanted, signal);
        if (finding.fit) await requirePermissions(requireZoneId(finding.zone.zoneId), wanted.emailDomain, signal);
        return finding;
      } catch (error) {
        return refusalAsFinding(wanted, error);
      }
    }),

    find: inTime(async (target: TxtTarget, signal) =>
      hasValue(await listSets(target, signal), target.value) ? { recordId: null } : null,
    ),

    publish: inTime(async (target: TxtTarget, signal, { mayHaveWritten, aboutToWrite }: PublishOptions) => {
      const { name, value } = target;
      const add = (sets: readonly ResourceRecordSet[]) =>
        hasValue(sets, value) ? [] : changesToAdd(sets, name, value);
      const changeId = await changeSets(target, signal, add, aboutToWrite);
      return { recordId: null, changeId, ours: changeId !== null || mayHaveWritten };
    }),

    hasSpread: inTime(async (changeId: string, signal) => await route53.isInSync(changeId, signal)),

    remove: inTime(async (target: TxtTarget, signal) => {
      const { name, value } = target;
      const remove = (sets: readonly ResourceRecordSet[]) =>
        hasValue(sets, value) ? changesToRemove(sets, name, value) : [];
      return (await changeSets(target, signal, remove)) === null ? 'absent' : 'removed';
    }),
  };
}

/** A method of the provider, which ends at the deadline of its options. */
function inTime<Request, Options extends ProviderCallOptions, Result>(
  work: (request: Request, signal: AbortSignal, options: Options) => Promise<Result>,
) {
  return async (request: Request, options: Options): Promise<Result> => {
    try {
      const run = async (signal: AbortSignal) => await work(request, signal, options);
      return await runWithin(options.timeoutMilliseconds, options.signal, run);
    } catch (error) {
      throw error instanceof DeadlineError ? outOfTime(error) : error;
    }
  };
}
