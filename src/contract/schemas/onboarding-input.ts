/** The input of `onboardSsoConnector`. */
import { z } from 'zod';

import { dnsProviderChoices, enablements, propagationChecks } from '../names/vocabulary.ts';
import type { DnsProviderChoice } from '../names/vocabulary.ts';
import { domainFields, inputDescription, seconds } from './fields.ts';

/** The fields without their defaults: a bulk row fills in only what it says itself. */
export const onboardingFields = {
  useFedrampLanguage: z
    .boolean()
    .describe("The connector's use_fedramp_language; left out: a new connector gets Cloudflare's default"),
  enablement: z.enum(enablements).describe('Whether a person has to approve before the connector is enabled'),
  confirmWithinSeconds: seconds('Disable the connector again unless somebody confirms in time that they can sign in'),
  dnsProvider: z.enum(dnsProviderChoices).describe("Who publishes the TXT value; left out: the worker's DNS_PROVIDER"),
  propagationCheck: z
    .enum(propagationChecks)
    .describe(
      "Whether to wait until the domain's name servers have the value; off: they are not asked (split horizon, port 53 closed)",
    ),
};

export const onboardingInputSchema = z
  .strictObject({
    ...domainFields,
    useFedrampLanguage: onboardingFields.useFedrampLanguage.optional(),
    enablement: onboardingFields.enablement.default('automatic'),
    confirmWithinSeconds: onboardingFields.confirmWithinSeconds.optional(),
    dnsProvider: onboardingFields.dnsProvider.optional(),
    propagationCheck: onboardingFields.propagationCheck.default('authoritative'),
  })
  .meta({ title: 'Input of the workflow onboardSsoConnector', description: inputDescription });

/** What a client may send. */
export type OnboardingInput = z.input<typeof onboardingInputSchema>;
/** The input with its defaults. `dnsProvider` has none here, because its default is the worker's. */
export type ParsedOnboardingInput = z.output<typeof onboardingInputSchema>;
/** What a run works with. */
export type OnboardingSettings = ParsedOnboardingInput & { dnsProvider: DnsProviderChoice };
