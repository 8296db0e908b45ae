import type { Cloudflare } from '../cloudflare/cloudflare.ts';
import type { DnsProviderChoice, DnsProviderName } from '../contract/names/vocabulary.ts';
import type { Dns } from '../dns/dns.ts';
import type { TxtRecordProvider } from '../dns/publishing/provider.ts';
import { createAccountActivities } from './account.ts';
import type { AccountActivities } from './account.ts';
import { createBulkValidationActivities, createEnabledDomainActivities, createFollowActivities } from './bulk.ts';
import type { BulkValidationActivities, EnabledDomainActivities, FollowActivities } from './bulk.ts';
import { createCallBackActivities } from './call-back.ts';
import type { CallBackActivities, CallBackSettings } from './call-back.ts';
import { createConnectorRecordActivities } from './connector-record.ts';
import type { ConnectorRecordActivities } from './connector-record.ts';
import { createConnectorActivities } from './connectors.ts';
import type { ConnectorActivities } from './connectors.ts';
import { createDnsActivities } from './dns.ts';
import type { DnsActivities } from './dns.ts';
import { createRunningStoryActivities } from './runs.ts';
import type { RunningStoryActivities } from './runs.ts';
import { createDriftAccountActivities, createDriftActivities } from './drift.ts';
import type { DriftAccountActivities, DriftActivities } from './drift.ts';
import { createTxtRecordActivities } from './txt-records.ts';
import type { TxtRecordActivities } from './txt-records.ts';
import { createUndoActivities } from './undo.ts';
import type { UndoActivities } from './undo.ts';
import { createValidationActivities } from './validate-input.ts';
import type { ValidationActivities } from './validate-input.ts';

export interface ActivityDependencies {
  cloudflare: Cloudflare;
  dns: Dns;
  providers: ReadonlyMap<DnsProviderName, TxtRecordProvider>;
  defaultProvider: DnsProviderChoice;
  /** `null`: none are sent. */
  callBacks: CallBackSettings | null;
}

/** Activities of the task queue `sso-onboarding`. */
export type OnboardingQueueActivities = ValidationActivities &
  DnsActivities &
  DriftActivities &
  TxtRecordActivities &
  RunningStoryActivities &
  ConnectorRecordActivities &
  CallBackActivities &
  BulkValidationActivities &
  FollowActivities;
/** Activities of the task queue `sso-cloudflare`: whatever calls Cloudflare, its DNS included. */
export type CloudflareQueueActivities = AccountActivities &
  ConnectorActivities &
  DriftAccountActivities &
  TxtRecordActivities &
  UndoActivities &
  EnabledDomainActivities;

/** Every activity, by the task queue it is served on. */
export function createActivities({ cloudflare, dns, providers, defaultProvider, callBacks }: ActivityDependencies): {
  onboarding: OnboardingQueueActivities;
  cloudflare: CloudflareQueueActivities;
} {
  const txtRecords = createTxtRecordActivities(providers);
  return {
    onboarding: {
      ...createValidationActivities(defaultProvider, callBacks),
      ...createDnsActivities(dns),
      ...createDriftActivities(dns),
      ...txtRecords,
      ...createRunningStoryActivities(),
      ...createConnectorRecordActivities(),
      ...createCallBackActivities(callBacks),
      ...createBulkValidationActivities(callBacks),
      ...createFollowActivities(),
    },
    cloudflare: {
      ...createAccountActivities(cloudflare),
      ...createConnectorActivities(cloudflare),
      ...createDriftAccountActivities(cloudflare),
      ...createUndoActivities(cloudflare),
      ...createEnabledDomainActivities(cloudflare),
      ...txtRecords,
    },
  };
}
