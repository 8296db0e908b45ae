/** Zones, the TXT record of a run, and what name servers answer. */
import { z } from 'zod';

import { dnsProviderNames, resolverVerdicts, serverVerdicts } from '../names/vocabulary.ts';
import { time } from './fields.ts';

const text = z.string();

/** The zone that the TXT value belongs in, as DNS shows it. */
export const publishingZoneSchema = z.object({
  apex: text.describe('The name of the zone'),
  nameServers: z.array(text).describe('Host names of its authoritative servers'),
  source: z
    .enum(['discovered', 'configured'])
    .describe("discovered: the parent zone's NS records; configured: the worker's DNS_NAMESERVERS"),
});
export type PublishingZone = z.output<typeof publishingZoneSchema>;

/** The same zone as the DNS provider knows it. */
const providerZoneSchema = z.object({
  apex: text.describe('The name of the zone'),
  zoneId: text.nullable().describe("The provider's id of the zone; null: it has none (rfc2136, manual)"),
});
export type ProviderZone = z.output<typeof providerZoneSchema>;

export const chosenProviderSchema = z.object({
  name: z.enum(dnsProviderNames).describe('The DNS provider'),
  why: text.describe('Why this one'),
});
export type ChosenProvider = z.output<typeof chosenProviderSchema>;

/**
 * How long caches can hide a value after the last authoritative server has it: the TTL of the old values, or the negative TTL
 * (RFC 2308 section 5: the lesser of the SOA's TTL and MINIMUM). An estimate: resolvers cap and raise TTLs and serve stale data.
 */
export const cacheEstimateSchema = z.object({
  seconds: z.number().describe('How long caches may hide the value'),
  because: z.enum(['old-values', 'no-values']).describe('What they may hold'),
});
export type CacheEstimate = z.output<typeof cacheEstimateSchema>;

/** The TXT value that a run relies on, and what is needed to remove it. */
export const txtRecordSchema = z.object({
  provider: z.enum(dnsProviderNames).describe('How it is published'),
  zone: providerZoneSchema.describe('Where it is published'),
  name: text.describe('The owner name'),
  value: text.describe('The TXT value'),
  recordId: text.nullable().describe("The provider's id of the record; null: it has none (all but cloudflare)"),
  changeId: text.nullable().describe('A change that the provider is still copying to its name servers'),
  preexisting: z.boolean().describe('The value was there before the run published anything'),
});
export type TxtRecord = z.output<typeof txtRecordSchema>;

const address = text.describe('ip:port, IPv6 in brackets');

/** What one authoritative server, at one address, answered. */
const serverEvidenceSchema = z.object({
  name: text.describe('Host name'),
  address: address.describe('ip:port, IPv6 in brackets; empty: the host name has no known address'),
  verdict: z.enum(serverVerdicts).describe('lame: it does not answer authoritatively for the zone'),
  detail: text.describe('The answer in words'),
  milliseconds: z.number().nullable().describe('How long the answer took; null: no answer'),
  serial: z.number().nullable().describe("The serial of the zone's SOA on this server; null: unknown"),
});
export type ServerEvidence = z.output<typeof serverEvidenceSchema>;

/** What one recursive resolver answered. Reported, never waited for. */
const resolverEvidenceSchema = z.object({
  address,
  verdict: z.enum(resolverVerdicts).describe('Whether its answer has the value'),
  detail: text.describe('The answer in words'),
});
export type ResolverEvidence = z.output<typeof resolverEvidenceSchema>;

/** The answers to one round of queries. */
export const dnsEvidenceSchema = z.object({
  observedAt: time.describe('When the servers were asked'),
  servers: z.array(serverEvidenceSchema).describe('Every authoritative server'),
  resolvers: z
    .array(resolverEvidenceSchema)
    .describe('Empty until the authoritative servers agree: asking earlier would fill caches with the old answer'),
  findings: z
    .array(text)
    .describe('What is wrong with the zone (lame servers, one address family, DNSSEC, split horizon), a sentence each'),
});
export type DnsEvidence = z.output<typeof dnsEvidenceSchema>;
