import type { Connector, ConnectorsRead } from '../contract/schemas/connector.ts';

type ConnectorDecision =
  | { kind: 'create' }
  | { kind: 'use'; connector: Connector; origin: 'created' | 'adopted' }
  | { kind: 'conflict'; reason: string };

/** Allowed difference between our clock and Cloudflare's when creation times are compared. */
const clockSkewMilliseconds = 5 * 60_000;

/**
 * Whether to create a connector or to use an existing one. `before` was read before this run wrote anything. With
 * `mayHaveCreated` (the answer to our create was lost), a connector that is not in `before`, was created since and is still
 * `awaiting` is ours. Any other connector is adopted in the state it is in.
 * @param useFedrampLanguage `undefined`: any
 */
export function decideConnector(
  now: Connector[],
  before: ConnectorsRead,
  mayHaveCreated: boolean,
  useFedrampLanguage: boolean | undefined,
): ConnectorDecision {
  const [connector, ...others] = now;
  if (connector === undefined) return { kind: 'create' };
  if (others.length > 0) {
    const ids = now.map(({ id, enabled }) => `${id}${enabled ? ' (enabled)' : ''}`).join(', ');
    return {
      kind: 'conflict',
      reason: `the account has ${now.length} connectors for ${connector.emailDomain}: ${ids}; delete all but one and start again`,
    };
  }
  if (useFedrampLanguage !== undefined && connector.useFedrampLanguage !== useFedrampLanguage) {
    return {
      kind: 'conflict',
      reason:
        `connector ${connector.id} exists with use_fedramp_language ${connector.useFedrampLanguage}, but ` +
        `${useFedrampLanguage} was asked for; change it in Cloudflare, or start without useFedrampLanguage`,
    };
  }
  const ours = mayHaveCreated && isOurs(connector, before, null, useFedrampLanguage);
  return { kind: 'use', connector, origin: ours ? 'created' : 'adopted' };
}

/**
 * Whether a create whose answer was lost may have made this connector: it did not exist before, and was created between
 * then and `lastPossibleAt`.
 * @param lastPossibleAt ISO 8601: after this time no attempt of ours can have acted; `null`: an attempt may still be running
 * @param useFedrampLanguage what the create asked for; `undefined`: nothing
 */
export function mayBeOurs(
  connector: Connector,
  { connectors, readAt }: ConnectorsRead,
  lastPossibleAt: string | null,
  useFedrampLanguage: boolean | undefined,
): boolean {
  const existedBefore = connectors.some(({ id }) => id === connector.id);
  const createdAt = connector.createdAt === null ? Number.NaN : Date.parse(connector.createdAt);
  const isInTime = lastPossibleAt === null || createdAt <= Date.parse(lastPossibleAt) + clockSkewMilliseconds;
  const hasLanguage = useFedrampLanguage === undefined || connector.useFedrampLanguage === useFedrampLanguage;
  return hasLanguage && !existedBefore && createdAt >= Date.parse(readAt) - clockSkewMilliseconds && isInTime;
}

/** Whether the connector can only be ours: `mayBeOurs`, and nobody has used it yet. */
export function isOurs(
  connector: Connector,
  before: ConnectorsRead,
  lastPossibleAt: string | null,
  useFedrampLanguage: boolean | undefined,
): boolean {
  return (
    mayBeOurs(connector, before, lastPossibleAt, useFedrampLanguage) &&
    connector.verificationStatus === 'awaiting' &&
    !connector.enabled
  );
}
