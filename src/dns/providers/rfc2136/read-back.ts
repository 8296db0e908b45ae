/** Verifies a change of a TXT set, from the set read before and the set read after it. */
import { isSameName } from '../../../domains/dns-name.ts';
import { ProviderError } from '../../publishing/provider-error.ts';
import { primaryError } from './refusals.ts';
import { findApex } from './zone.ts';
import type { TxtSet } from './zone.ts';
import { formatSocketAddress } from '../../wire/socket-address.ts';
import type { SocketAddress } from '../../wire/socket-address.ts';
import type { ProviderCallOptions } from '../../publishing/provider.ts';
import { hasTxtValue } from '../../wire/txt.ts';

/** A value of a name at the primary. */
export interface ValueAtPrimary {
  primary: SocketAddress;
  apex: string;
  name: string;
  value: string;
}

interface TxtSetChange extends ValueAtPrimary {
  before: TxtSet;
  after: TxtSet;
}

/** @throws {ProviderError} unless the value is there now, or is gone, and all others are as before, TTL included */
export async function requireEffect(
  wanted: 'added' | 'removed',
  change: TxtSetChange,
  options: ProviderCallOptions,
): Promise<void> {
  const isThere = hasTxtValue(change.after.records, change.value);
  if (isThere !== (wanted === 'added')) await throwNoEffect(change, options);
  requireSiblings(change);
}

async function throwNoEffect({ primary, apex, name }: TxtSetChange, options: ProviderCallOptions): Promise<never> {
  const accepted = `accepted the change of TXT at ${name} but`;
  const actual = await findApex(primary, name, options).catch((error: unknown) => {
    // It no longer answers authoritatively, so the result of the change is unknown.
    if (error instanceof ProviderError) return null;
    throw error;
  });
  if (actual !== null && !isSameName(actual, apex)) {
    const problem = `${accepted} did nothing: the name has moved from ${apex} to ${actual}`;
    throw primaryError(primary, 'refused', problem, `publish in the zone ${actual}`);
  }
  const remedy =
    'it is retried; RFC2136_SERVER has to be the one primary, not one of several servers, and with views it has to ' +
    'answer the worker from the view that its key changes';
  throw primaryError(primary, 'unavailable', `${accepted} does not show it`, remedy);
}

function requireSiblings({ primary, name, value, before, after }: TxtSetChange): void {
  const where = `at ${name} (read from the primary ${formatSocketAddress(primary)})`;
  const remedy = 'find out who else changes them; it is retried';
  const present = new Set(after.records.map((strings) => identify(strings)));
  const lost = before.records.filter((strings) => !hasTxtValue([strings], value) && !present.has(identify(strings)));
  if (lost.length > 0) {
    const message = `${lost.length} of the other TXT values ${where} disappeared while this one was changed`;
    throw new ProviderError('unavailable', message, remedy);
  }
  if (before.ttl !== null && after.ttl !== null && before.ttl !== after.ttl) {
    const message = `the TTL of the TXT values ${where} changed from ${before.ttl} to ${after.ttl} while one was changed`;
    throw new ProviderError('unavailable', message, remedy);
  }
}

/** The same text only for records of the same strings. */
function identify(strings: readonly Buffer[]): string {
  return strings.map((bytes) => bytes.toString('hex')).join(' ');
}
