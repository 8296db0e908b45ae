import { z } from 'zod';
import { recordTypes } from './dns-record.ts';

/** The token permissions that the routes check. The names are the simulator's own; each stands for one of Cloudflare's. */
export const permissions = ['sso:write', 'dns:write', 'zone:read', 'access:read'] as const;
export type Permission = (typeof permissions)[number];

const token = z.strictObject({
  value: z.string().min(1),
  kind: z.enum(['user', 'account']),
  status: z.enum(['active', 'disabled', 'expired']),
  /** ISO 8601; an active token is expired from then on. */
  expiresOn: z.string().optional(),
  /** Left out: all permissions. */
  permissions: z.array(z.enum(permissions)).optional(),
});

/** A record as a client sends it to the API. */
const record = z.strictObject({
  type: z.enum(recordTypes),
  name: z.string(),
  content: z.string(),
  ttl: z.number().optional(),
  priority: z.number().optional(),
  comment: z.string().optional(),
});

const zone = z.strictObject({
  name: z.string().min(1),
  status: z.enum(['active', 'pending', 'initializing', 'moved']).optional(),
  type: z.enum(['full', 'partial', 'secondary']).optional(),
  /** The account that owns the zone. Left out: the simulated account. */
  accountId: z.string().optional(),
  nameServers: z.array(z.string()).optional(),
  /** Replaces all records of the zone; a record that stays the same keeps its id. */
  records: z.array(record).optional(),
});

/** Changes to the account without an API call; a field that is left out does not change. */
export const accountPatch = z.strictObject({
  /** Replaces all tokens, for example to rotate one. */
  tokens: z.array(token).optional(),
  /** `null`: the account has no Zero Trust organization. */
  organization: z.strictObject({ name: z.string(), authDomain: z.string() }).nullable().optional(),
  identityProviders: z.array(z.strictObject({ name: z.string(), type: z.string() })).optional(),
  /** E-mail domains with an enabled connector in another account. */
  enabledElsewhere: z.array(z.string()).optional(),
  /** Whether a domain can have a second connector in the account. */
  secondConnector: z.enum(['refused', 'allowed']).optional(),
  /** Each is added, or changed if the account already has a zone with that name. */
  zones: z.array(zone).optional(),
});

export type Token = z.infer<typeof token>;
export type RecordSeed = z.infer<typeof record>;
export type ZoneSeed = z.infer<typeof zone>;
export type AccountPatch = z.infer<typeof accountPatch>;
