/** What the contract's answers look like, field by field: the compiler holds them against its types. */
import { z } from 'zod';

import { dnsProviderNames, phases, stories } from '../old-contract.ts';
import type { ApprovalState, ConfirmationState, OnboardingResult, OnboardingStatus } from '../old-contract.ts';
import { storyEventTypes } from '../old-call-back.ts';
import type { CallBackEvent } from '../old-call-back.ts';
import { driftKinds } from '../old-drift.ts';
import type { DriftReport } from '../old-drift.ts';
import type { OffboardingResult } from '../old-offboarding.ts';
import { exactly } from '../../exactly.ts';

const text = z.string();
/** ISO 8601, as `Date.prototype.toISOString` writes it. */
const time = z.iso.datetime();

const by = text.describe('Who');
const reason = text.describe('Why');

export const approvalStateSchema = exactly<ApprovalState>()(
  z.object({
    requestedAt: time.describe('When it was asked for'),
    nextReminderAt: time.nullable().describe('null: no more reminders'),
    reminders: z.int().describe('Reminders so far'),
    expiresAt: time.describe('No answer by then is a no'),
    answer: z
      .object({ by, reason, kind: z.enum(['approved', 'rejected']).describe('The answer'), at: time.describe('When') })
      .nullable()
      .describe('null: nobody has answered'),
  }),
);

export const confirmationStateSchema = exactly<ConfirmationState>()(
  z.object({
    until: time.describe('When it is disabled again unless somebody confirms; only while a worker runs'),
    confirmed: z
      .object({ by, reason, at: time.describe('When') })
      .nullable()
      .describe('null: nobody has confirmed'),
  }),
);

const providerName = z.enum(dnsProviderNames);

const txtRecord = z.object({
  provider: providerName.describe('How it is published'),
  zone: z
    .object({
      apex: text.describe('The name of the zone'),
      zoneId: text.nullable().describe("The provider's id of it; null: it has none"),
    })
    .describe('Where it is published'),
  name: text.describe('Of the record'),
  value: text.describe('The TXT value'),
  recordId: text.nullable().describe("The provider's id of the record; null: it has none"),
  changeId: text.nullable().describe('A change that the provider is still bringing to its servers'),
  preexisting: z.boolean().describe('The value stood there before this run published anything'),
});

const connector = {
  id: text.describe("Cloudflare's id"),
  emailDomain: text.describe('In normal form'),
  enabled: z.boolean().describe('Whether the domain logs in through it'),
  useFedrampLanguage: z.boolean().describe("The connector's setting of that name"),
  verificationCode: text.describe('The whole TXT value to publish'),
  verificationStatus: z.enum(['awaiting', 'pending', 'failed', 'verified']).describe("Cloudflare's word"),
  createdAt: z.iso.datetime({ offset: true }).nullable().describe('null: Cloudflare does not say'),
};

const verdicts = ['has-value', 'lacks-value', 'unreachable'] as const;

const evidence = z.object({
  observedAt: time.describe('When it was looked at'),
  servers: z
    .array(
      z.object({
        name: text.describe('Host name'),
        address: text.describe('ip:port, IPv6 in brackets; empty: it has no known address'),
        verdict: z.enum([...verdicts, 'lame']).describe('lame: it does not answer for the zone'),
        detail: text.describe('What it said, in words'),
        milliseconds: z.number().nullable().describe('How long it took; null: no answer'),
        serial: z.number().nullable().describe("The zone's serial there; null: it did not say"),
      }),
    )
    .describe('Every authoritative server'),
  resolvers: z
    .array(
      z.object({
        address: text.describe('ip:port, IPv6 in brackets'),
        verdict: z.enum(verdicts).describe('What it showed'),
        detail: text.describe('The same in words'),
      }),
    )
    .describe('Recursive resolvers, asked once the authoritative servers agree'),
  findings: z.array(text).describe('What is not as it should be, a sentence each'),
});

const undo = z.object({
  steps: z
    .array(
      z.object({
        kind: z.enum(['delete-connector', 'remove-txt-value', 'disable-connector']).describe('What it takes back'),
        certain: z.boolean().describe('The effect is known to have happened'),
        endedAt: time.nullable().describe('When the effect reported back or was given up; null: it is under way'),
        state: z.enum(['armed', 'undone', 'left']).describe('left: it stays as it is'),
        note: text.nullable().describe('What was found, or why it was left'),
      }),
    )
    .describe('In the order of the effects; undone in reverse'),
  cause: z
    .object({
      by: z.enum(['failure', 'cancel', 'deadline']).describe('What began it'),
      type: text.describe('Of the failure'),
      message: text.describe('In words'),
    })
    .nullable()
    .describe('null: it has not begun'),
  givenUp: z.object({ by, reason }).nullable().describe('Who gave up the rest; null: nobody has'),
});

export const statusSchema = exactly<OnboardingStatus>()(
  z
    .object({
      story: z.enum(stories).describe('Whether the domain comes or leaves'),
      accountId: text.describe('The Cloudflare account'),
      emailDomain: text.describe('In normal form'),
      phase: z.enum(phases).describe('Where it stands'),
      reason: text.describe('Why it is there, in a sentence'),
      nextCheckAt: time.nullable().describe('When it goes on by itself; null: it is not waiting'),
      startedAt: time.describe('When it began'),
      deadlineAt: time.nullable().describe('When it gives up; null: the input has not been checked yet'),
      timeline: z
        .array(z.object({ phase: z.enum(phases).describe('Which'), enteredAt: time.describe('Since when') }))
        .describe('Each phase so far, in order'),
      zone: z
        .object({
          apex: text.describe('The name of the zone'),
          nameServers: z.array(text).describe('Host names'),
          source: z.enum(['discovered', 'configured']).describe("configured: by the worker's DNS_NAMESERVERS"),
        })
        .nullable()
        .describe('Where the value belongs; null: not looked for'),
      provider: z
        .object({ name: providerName.describe('Which'), why: text.describe('Why this one') })
        .nullable()
        .describe('Who publishes the value; null: not chosen yet'),
      caches: z
        .object({
          seconds: z.number().describe('How long caches may hide the value'),
          because: z.enum(['old-values', 'no-values']).describe('What they may hold'),
          expectedEverywhereAt: time.nullable().describe('An estimate; null: not on all servers yet'),
        })
        .nullable()
        .describe('What caches may hold; nothing waits for it'),
      connectorsBefore: z
        .object({
          connectors: z.array(z.object(connector)).describe("The domain's connectors"),
          readAt: time.describe('When'),
        })
        .nullable()
        .describe('What was there before this run wrote anything; null: not looked yet'),
      connector: z
        .object({ ...connector, origin: z.enum(['created', 'adopted']).describe('adopted: it was there before') })
        .nullable()
        .describe('The connector as Cloudflare last showed it; null: none yet'),
      txtRecord: txtRecord.nullable().describe('The value that this run relies on; null: none yet, or none needed'),
      evidence: evidence.nullable().describe('The latest look at DNS; null: none yet'),
      verification: z
        .object({
          checks: z.int().describe('Looks at the connector so far'),
          restarts: z.int().describe('Times it was begun again after Cloudflare had given up'),
          republished: z.int().describe('Times the value had vanished and was published again'),
          begunAt: time.nullable().describe('When it was begun'),
          verifiedAt: time.nullable().describe('When it was seen verified'),
        })
        .describe("Cloudflare's look for the value"),
      approval: approvalStateSchema.nullable().describe('null: nobody has been asked'),
      confirmation: confirmationStateSchema.nullable().describe('null: it is not enabled, or nobody has to confirm'),
      enabledAt: time.nullable().describe('When this run enabled it'),
      undo: undo.describe('What is to be taken back, and what has been'),
      offboarding: z
        .array(
          z.object({
            kind: z.enum(['disable-connector', 'delete-connector', 'remove-txt-value']).describe('What is done'),
            of: text.describe("The connector's id, or the name at which the value stands"),
            state: z.enum(['to-do', 'done', 'left']).describe('left: it stays as it is'),
            note: text.nullable().describe('What was found, or why it was left'),
          }),
        )
        .nullable()
        .describe('The steps of an off-boarding, in order; null: it has not looked yet, or the domain is onboarded'),
    })
    .meta({
      title: 'Answer to the query status',
      description: 'The whole state of a run. Times are ISO 8601. Later versions may add fields.',
    }),
);

export const resultSchema = exactly<OnboardingResult>()(
  z
    .object({
      connectorId: text.describe("Cloudflare's id of the connector"),
      emailDomain: text.describe('In normal form'),
      enabled: z.literal(true).describe('Always; a run that does not come so far fails'),
      alreadyEnabled: z.boolean().describe('It was found enabled, and nothing about it was changed'),
      txtRecord: txtRecord.nullable().describe('null: the connector was found verified, so no value was needed'),
      verifiedAt: time.nullable().describe('null: the connector was found verified'),
      enabledAt: time.nullable().describe('null: the connector was found enabled'),
    })
    .meta({
      title: 'Result of the workflow onboardSsoConnector',
      description: 'Times are ISO 8601. Later versions may add fields.',
    }),
);

export const offboardingResultSchema = exactly<OffboardingResult>()(
  z
    .object({
      emailDomain: text.describe('In normal form'),
      done: z.array(text).describe('What was done, a sentence each; empty: there was nothing to do'),
      left: z.array(text).describe('What stays, and why'),
    })
    .meta({
      title: 'Result of the workflow offboardSsoConnector',
      description: 'Later versions may add fields.',
    }),
);

const domainReason = z.object({
  emailDomain: text.describe('In normal form'),
  reason: text.describe('Why, in words'),
});

const number = z.int();

export const driftReportSchema = exactly<DriftReport>()(
  z
    .object({
      accountId: text.describe('The Cloudflare account'),
      lookedAt: time.describe('When the look began'),
      unreadable: text.nullable().describe("Why the account's connectors could not be read; null: they were"),
      domains: number.describe('How many should be enabled: the sum of the next four'),
      healthy: number.describe('As they should be'),
      drifted: number.describe('With one finding or more'),
      undetermined: number.describe('Could not be looked at, and nothing was found: no drift'),
      inMotion: number.describe('Onboarded or off-boarded during the look, and left to the next one'),
      counts: z.record(z.enum(driftKinds), number).describe('How many findings of each kind'),
      repaired: number.describe('Findings that this look put right'),
      findings: z
        .array(
          z.object({
            emailDomain: text.describe('In normal form'),
            kind: z.enum(driftKinds).describe('What has drifted'),
            detail: text.describe('What was found, in a sentence'),
            remedy: text.describe('What to do about it'),
            repaired: z.boolean().describe('This look put it right'),
          }),
        )
        .describe('What was found'),
      findingsCut: number.describe('Findings that the list leaves out'),
      unseen: z.array(domainReason).describe('What could not be looked at'),
      unseenCut: number.describe('Domains that this list leaves out'),
    })
    .meta({ title: 'Result of the workflow findDrift', description: 'Later versions may add fields.' }),
);

const storyEvent = z.object({
  type: z.enum(storyEventTypes).describe('What has happened'),
  timestamp: time.describe('When'),
  data: z
    .object({
      story: z.enum(stories).describe('Whether the domain comes or leaves'),
      runId: text
        .nullable()
        .describe('To be sent back with an answer, which then answers no other run; null: nothing has begun'),
      accountId: text.describe('The Cloudflare account'),
      emailDomain: text.describe('In normal form'),
      phase: z.enum(phases).nullable().describe('Where it stands; null: nothing has begun'),
      reason: text.describe('Why it is there, in a sentence'),
      approval: approvalStateSchema.nullable().describe('null: nobody has been asked'),
      confirmation: confirmationStateSchema.nullable().describe('null: nobody has to confirm'),
      txtRecord: z
        .object({ name: text.describe('Of the record'), value: text.describe('The TXT value') })
        .nullable()
        .describe('The value to add or to take away; null: none'),
      result: z.union([resultSchema, offboardingResultSchema]).nullable().describe('null: it has not come to its end'),
      failure: z
        .object({ type: text.describe('Of the failure'), message: text.describe('In words') })
        .nullable()
        .describe('null: it has not failed'),
    })
    .describe('Where the story stands'),
});

export const callBackEventSchema = exactly<CallBackEvent>()(
  z
    .union([
      storyEvent,
      z.object({
        type: z.literal('account.drift').describe('A look found something; or, once, nothing any more'),
        timestamp: time.describe('When'),
        data: driftReportSchema.describe("Of the look, with shorter lists than its run's result"),
      }),
    ])
    .meta({
      title: 'Body of a call-back',
      description:
        'Signed as Standard Webhooks say; webhook-id is the same at every try. Later versions may add fields and types.',
    }),
);
