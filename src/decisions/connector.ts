import type { Connector, ConnectorsRead } from '../contract/schemas/connector.ts';

export type ConnectorDecision =
  | { kind: 'create' }
  | { kind: 'use'; connector: Connector; origin: 'created' | 'adopted' }
  | { kind: 'conflict'; reason: string };

/** Allowed between our clock and Cloudflare's when "created since" is judged. */
const clockSkewMilliseconds = 5 * 60_000;

/**
 * Whether to create a connector or to use one that is there. `before` is the read recorded before anything was written; with
 * `mayHaveCreated` (a create of ours did not report back) a connector that was absent then, was created since and
 * has not begun anything is ours. Everything else was somebody else's first and is adopted as it stands.
 */
export function decideConnector(
  now: Connector[],
  before: ConnectorsRead,
  mayHaveCreated: boolean,
  useFedrampLanguage: boolean | null,
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
  if (useFedrampLanguage !== null && connector.useFedrampLanguage !== useFedrampLanguage) {
    return {
      kind: 'conflict',
      reason:
        `connector ${connector.id} is there with use_fedramp_language ${connector.useFedrampLanguage}, and ` +
        `${useFedrampLanguage} was asked for; change it in Cloudflare, or start without useFedrampLanguage`,
    };
  }
  const ours = mayHaveCreated && isOurs(connector, before, null, useFedrampLanguage);
  return { kind: 'use', connector, origin: ours ? 'created' : 'adopted' };
}

/**
 * Whether a create without an answer may have made it: it was not there before, and was created between then and the time
 * (ISO 8601; `null`: still going on) after which no try of ours can have acted, in the language asked for (`null`: any).
 */
export function mayBeOurs(
  connector: Connector,
  { connectors, readAt }: ConnectorsRead,
  lastPossibleAt: string | null,
  useFedrampLanguage: boolean | null,
): boolean {
  const wasThere = connectors.some(({ id }) => id === connector.id);
  const createdAt = connector.createdAt === null ? Number.NaN : Date.parse(connector.createdAt);
  const isInTime = lastPossibleAt === null || createdAt <= Date.parse(lastPossibleAt) + clockSkewMilliseconds;
  const isAsAsked = useFedrampLanguage === null || connector.useFedrampLanguage === useFedrampLanguage;
  return isAsAsked && !wasThere && createdAt >= Date.parse(readAt) - clockSkewMilliseconds && isInTime;
}

/** Whether it can only be ours: nobody has done anything with it yet. */
export function isOurs(
  connector: Connector,
  before: ConnectorsRead,
  lastPossibleAt: string | null,
  useFedrampLanguage: boolean | null,
): boolean {
  return (
    mayBeOurs(connector, before, lastPossibleAt, useFedrampLanguage) &&
    connector.verificationStatus === 'awaiting' &&
    !connector.enabled
  );
}
