import type { Cloudflare } from '../cloudflare/cloudflare.ts';
import type { DnsProviderChoice, DnsProviderName } from '../contract/names/vocabulary.ts';
import type { Timings } from '../decisions/timings.ts';
import type { Dns } from '../dns/dns.ts';
import type { TxtRecordProvider } from '../dns/publishing/provider.ts';
import { createAccountActivities } from './account.ts';
import { createEnabledDomainActivities, createFollowActivities } from './bulk.ts';
import { createCallBackActivities } from './call-back.ts';
import type { CallBackSettings } from './call-back.ts';
import { createConnectorActivities } from './connectors.ts';
import { createDnsActivities } from './dns.ts';
import { createDriftAccountActivities, createDriftActivities } from './drift.ts';
import { createRunActivities } from './runs.ts';
import { createTxtRecordActivities } from './txt-records.ts';
import { createUndoActivities } from './undo.ts';
import { createValidationActivities } from './validate-input.ts';

interface ActivityDependencies {
  cloudflare: Cloudflare;
  dns: Dns;
  providers: ReadonlyMap<DnsProviderName, TxtRecordProvider>;
  defaultProvider: DnsProviderChoice;
  /** `null`: the worker sends no call-backs. */
  callBacks: CallBackSettings | null;
  timings: Timings;
}

/** Every activity, by the task queue that serves it. */
export function createActivities(dependencies: ActivityDependencies) {
  const { cloudflare, dns, providers, callBacks, timings } = dependencies;
  const { retry } = timings;
  const txtRecords = createTxtRecordActivities(providers, retry);
  return {
    onboarding: {
      ...createValidationActivities(dependencies),
      ...createDnsActivities(dns, retry),
      ...createDriftActivities(dns, retry),
      ...txtRecords,
      ...createRunActivities(),
      ...createCallBackActivities(callBacks),
      ...createFollowActivities(),
    },
    cloudflare: {
      ...createAccountActivities(cloudflare, retry),
      ...createConnectorActivities(cloudflare, retry),
      ...createDriftAccountActivities(cloudflare, retry),
      ...createUndoActivities(cloudflare, retry),
      ...createEnabledDomainActivities(cloudflare, retry),
      ...txtRecords,
    },
  };
}

type Activities = ReturnType<typeof createActivities>;
/** Served on the task queue `sso-onboarding`. */
export type OnboardingQueueActivities = Activities['onboarding'];
/** Served on the task queue `sso-cloudflare`: every activity that calls Cloudflare, its DNS included. */
export type CloudflareQueueActivities = Activities['cloudflare'];
