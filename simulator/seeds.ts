import { z } from 'zod';
import { recordTypes } from './dns-record.ts';

export const permissions = ['sso:write', 'dns:write', 'zone:read', 'access:read'] as const;
export type Permission = (typeof permissions)[number];

const token = z.strictObject({
  value: z.string().min(1),
  kind: z.enum(['user', 'account']),
  status: z.enum(['active', 'disabled', 'expired']),
  /** ISO 8601; a moment in the past makes the token expired. */
  expiresOn: z.string().optional(),
  /** Left out: all of them. */
  permissions: z.array(z.enum(permissions)).optional(),
});

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
  /** Left out: the simulator's own account. */
  accountId: z.string().optional(),
  nameServers: z.array(z.string()).optional(),
  /** Replaces every record of the zone; a record that was there already keeps its id. */
  records: z.array(record).optional(),
});

/** Changes to the account from outside its API; what is left out stays as it is. */
export const accountPatch = z.strictObject({
  /** Replaces all tokens: this is how one is rotated. */
  tokens: z.array(token).optional(),
  /** `null`: the account has no Zero Trust organization. */
  organization: z.strictObject({ name: z.string(), authDomain: z.string() }).nullable().optional(),
  identityProviders: z.array(z.strictObject({ name: z.string(), type: z.string() })).optional(),
  /** E-mail domains whose connector is enabled in some other account. */
  enabledElsewhere: z.array(z.string()).optional(),
  /** Whether one domain may have a second connector. */
  secondConnector: z.enum(['refused', 'allowed']).optional(),
  /** Each is added or, where that account has a zone of that name, changed. */
  zones: z.array(zone).optional(),
});

export type Token = z.infer<typeof token>;
export type RecordSeed = z.infer<typeof record>;
export type ZoneSeed = z.infer<typeof zone>;
export type AccountPatch = z.infer<typeof accountPatch>;
