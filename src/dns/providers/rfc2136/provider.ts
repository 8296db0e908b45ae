/**
 * Publishes by DNS UPDATE (RFC 2136) at the primary of a zone, which adds or deletes one record of a set atomically and does
 * not touch the others. Every change is read back from the primary: an UPDATE can be accepted and change nothing.
 */
import { randomUUID } from 'node:crypto';

import { ttlSecondsOfFirstValue } from '../../../messages/txt-record.ts';
import { DnsError } from '../../wire/dns-error.ts';
import { formatTxtStrings, sendDnsUpdate, splitTxtValue } from './nsupdate.ts';
import type { UpdateAuthentication } from './nsupdate.ts';
import type { PrimaryRequest } from './primary.ts';
import { isProviderRefusal, ProviderError } from '../../publishing/provider-error.ts';
import { refusalAsFinding } from '../../publishing/provider-zone.ts';
import { cnameError, findServedZone, readTxtSet } from './zone.ts';
import { formatSocketAddress } from '../../wire/socket-address.ts';
import type { SocketAddress } from '../../wire/socket-address.ts';
import type { ProviderCallOptions, TxtRecordProvider, TxtTarget, WantedZone } from '../../publishing/provider.ts';
import { requireEffect } from './read-back.ts';
import type { ValueAtPrimary } from './read-back.ts';
import { hasTxtValue } from '../../wire/txt.ts';

export interface Rfc2136Config {
  /** The primary; `null`: the one that the zone's SOA names. */
  server: SocketAddress | null;
  authentication: UpdateAuthentication;
}

/** See `findPrimary`. */
type FindPrimary = (request: PrimaryRequest & { withinMilliseconds: number }) => Promise<SocketAddress>;

/** @param config `null`: the worker is not configured for it */
export function createRfc2136Provider(config: Rfc2136Config | null, findPrimary: FindPrimary): TxtRecordProvider {
  async function locatePrimary(
    { emailDomain, shown }: Pick<WantedZone, 'emailDomain' | 'shown'>,
    { signal, timeoutMilliseconds: withinMilliseconds }: ProviderCallOptions,
  ): Promise<SocketAddress> {
    const { server } = requireConfig(config);
    if (server !== null) return server;
    if (shown === null) {
      throw new ProviderError(
        'refused',
        'the primary is unknown, because DNS is not queried',
        'set RFC2136_SERVER to the address of the primary',
      );
    }
    try {
      return await findPrimary({ zone: shown, emailDomain, signal, withinMilliseconds });
    } catch (error) {
      if (!(error instanceof DnsError)) throw error;
      const message = `the primary of ${shown.apex} was not found: ${error.message}`;
      const remedy = 'it is retried; RFC2136_SERVER replaces the search';
      throw new ProviderError('unavailable', message, remedy, { cause: error });
    }
  }

  /** Where the value of a target belongs, and the values that are there now. */
  async function readTarget({ name, value, zone, shown }: TxtTarget, options: ProviderCallOptions) {
    const primary = await locatePrimary({ emailDomain: name, shown }, options).catch(retryRefusal);
    const place: ValueAtPrimary = { primary, apex: zone.apex, name, value };
    return { place, before: await readTxtSet(primary, place, options) };
  }

  async function change(
    { primary, apex, name }: Omit<ValueAtPrimary, 'value'>,
    changes: readonly string[],
    options: ProviderCallOptions,
  ): Promise<void> {
    // TXT added at a CNAME is accepted and ignored (RFC 2136 §3.4.2.2).
    const commands = [`prereq nxrrset ${name}. CNAME`, ...changes];
    await sendDnsUpdate({ primary, zone: apex, name, commands }, requireConfig(config).authentication, options);
  }

  /**
   * Queries are not signed, so they do not see a view that only the key selects. Deleting an absent value changes nothing.
   */
  async function removeUnseen(place: ValueAtPrimary, options: ProviderCallOptions): Promise<void> {
    const deletion = `update delete ${place.name}. TXT ${formatTxtStrings(splitTxtValue(place.value))}`;
    try {
      await change(place, [deletion], options);
    } catch (error) {
      // A key that may not delete here has not been able to publish here since then.
      if (!isProviderRefusal(error)) throw error;
    }
  }

  async function findUsableZone(wanted: WantedZone, options: ProviderCallOptions) {
    const primary = await locatePrimary(wanted, options);
    const apex = await findServedZone(primary, wanted, options);
    const name = wanted.emailDomain;
    // Deletes a value that cannot be there: permissions are checked as for a real one, and nothing changes.
    const nothing = formatTxtStrings([Buffer.from(`no such value ${randomUUID()}`)]);
    await change({ primary, apex, name }, [`update delete ${name}. TXT ${nothing}`], options);
    return { primary, apex };
  }

  return {
    name: 'rfc2136',

    async claim(wanted, options) {
      if (config === null) return null;
      try {
        const { primary, apex } = await findUsableZone(wanted, options);
        return `the primary ${formatSocketAddress(primary)} serves ${apex} and accepts the worker's key`;
      } catch (error) {
        // Not the primary of this zone. Any other error may be a fault in the worker's settings, and must be reported.
        if (error instanceof ProviderError && error.kind === 'refused') return null;
        throw error;
      }
    },

    async findZone(wanted, options) {
      try {
        const { apex } = await findUsableZone(wanted, options);
        return { fit: true, zone: { apex, zoneId: null } };
      } catch (error) {
        return refusalAsFinding(wanted, error);
      }
    },

    async find(target, options) {
      const { before } = await readTarget(target, options);
      return hasTxtValue(before.records, target.value) ? { recordId: null } : null;
    },

    async publish(target, options) {
      const { place, before } = await readTarget(target, options);
      const { primary, name, value } = place;
      if (before.alias !== null) throw cnameError(primary, name, before.alias);
      if (hasTxtValue(before.records, value)) {
        return { recordId: null, changeId: null, ours: options.mayHaveWritten };
      }
      // All records of a set have one TTL, and an added one sets its own for all of them.
      const ttl = before.ttl ?? ttlSecondsOfFirstValue;
      const strings = formatTxtStrings(splitTxtValue(value));
      options.aboutToWrite();
      await change(place, [`update add ${name}. ${ttl} TXT ${strings}`], options);
      const after = await readTxtSet(primary, place, options);
      await requireEffect('added', { ...place, before, after }, options);
      return { recordId: null, changeId: null, ours: true };
    },

    async remove(target, options) {
      const { place, before } = await readTarget(target, options);
      const { primary, name, value } = place;
      if (before.alias !== null) return 'absent';
      const holding = before.records.filter((strings) => hasTxtValue([strings], value));
      if (holding.length === 0) {
        await removeUnseen(place, options);
        return 'absent';
      }
      // A deletion has to name exactly the strings that the record is stored with.
      const deletions = holding.map((strings) => `update delete ${name}. TXT ${formatTxtStrings(strings)}`);
      await change(place, deletions, options);
      const after = await readTxtSet(primary, place, options);
      await requireEffect('removed', { ...place, before, after }, options);
      return 'removed';
    },
  };
}

/** A zone that was usable at first may be so again: a later failure to find its primary is retried. */
function retryRefusal(error: unknown): never {
  if (!(error instanceof ProviderError) || error.kind !== 'refused') throw error;
  throw new ProviderError('unavailable', error.message, error.remedy, { cause: error });
}

function requireConfig(config: Rfc2136Config | null): Rfc2136Config {
  if (config !== null) return config;
  throw new ProviderError(
    'unauthorised',
    'the worker is not configured for DNS UPDATE',
    'set RFC2136_TSIG_KEY_FILE to a key file as tsig-keygen writes it, or RFC2136_GSS_TSIG=true to use Kerberos; and ' +
      "RFC2136_SERVER to the primary's ip[:port] unless it is the one that the zone's SOA names",
  );
}
