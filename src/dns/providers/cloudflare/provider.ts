/** Publishes in a Cloudflare zone, where each TXT value is a record of its own. Token permissions: Zone Read, DNS Write. */
import type { Cloudflare } from '../../../cloudflare/cloudflare.ts';
import { CloudflareError } from '../../../cloudflare/cloudflare-error.ts';
import type { TxtRecordEntry } from '../../../cloudflare/txt-records.ts';
import type { Zone } from '../../../cloudflare/zones.ts';
import { toCanonicalName, listPossibleApexes } from '../../../domains/dns-name.ts';
import { refusedFor } from '../../publishing/provider-error.ts';
import { markOfRun, requireZoneId, shareServers, unfit } from '../../publishing/provider-zone.ts';
import type {
  ProviderCallOptions,
  TxtRecordProvider,
  TxtTarget,
  WantedZone,
  ZoneFinding,
} from '../../publishing/provider.ts';
import { quoteTxt, unquoteTxt } from '../../wire/txt.ts';

export function createCloudflareProvider({ zones, txtRecords }: Cloudflare): TxtRecordProvider {
  async function findEntries(target: TxtTarget, options: ProviderCallOptions): Promise<TxtRecordEntry[]> {
    const entries = await txtRecords.list(requireZoneId(target.zone.zoneId), target.name, options);
    return entries.filter((entry) => unquoteTxt(entry.content) === target.value);
  }

  async function findEntry(target: TxtTarget, options: ProviderCallOptions): Promise<TxtRecordEntry | null> {
    const entries = await findEntries(target, options);
    // Where somebody else has the same value too, this run's own record counts.
    return entries.find((entry) => isMarked(entry, target)) ?? entries[0] ?? null;
  }

  return {
    name: 'cloudflare',

    async claim(wanted, options) {
      const { apex } = wanted.shown;
      const found = await zones.find(wanted.accountId, apex, options);
      if (found.length === 0) return null;
      const finding = judgeZones(found, wanted);
      if (!finding.fit) throw refusedFor(finding.problems);
      const where = wanted.shown.source === 'discovered' ? ', and on the name servers that Cloudflare gave it' : '';
      return `${apex} is a zone of the Cloudflare account${where}`;
    },

    async findZone(wanted, options) {
      const names = wanted.shown === null ? listPossibleApexes(wanted.emailDomain) : [wanted.shown.apex];
      for (const name of names) {
        const found = await zones.find(wanted.accountId, name, options);
        if (found.length > 0) return judgeZones(found, wanted);
      }
      return judgeZones([], wanted);
    },

    async examineZone(zone, name, options) {
      const found = await txtRecords.list(requireZoneId(zone.zoneId), name, options);
      return [
        {
          subject: 'TXT records at cloudflare',
          ok: true,
          found: `${found.length} at ${name}; only a run shows whether the token can add one`,
          remedy: null,
        },
      ];
    },

    async find(target, options) {
      const entry = await findEntry(target, options);
      return entry === null ? null : { recordId: entry.id };
    },

    async publish(target, options) {
      const present = await findEntry(target, options);
      if (present !== null) return { recordId: present.id, changeId: null, ours: isMarked(present, target) };
      const zoneId = requireZoneId(target.zone.zoneId);
      const record = { name: target.name, content: quoteTxt(target.value), comment: markOfRun(target.runId) };
      options.aboutToWrite();
      try {
        return { recordId: (await txtRecords.create(zoneId, record, options)).id, changeId: null, ours: true };
      } catch (error) {
        // An earlier attempt of ours, or somebody else, may have added it since the query above.
        const late = isIdenticalRecord(error) ? await findEntry(target, options) : null;
        if (late === null) throw error;
        return { recordId: late.id, changeId: null, ours: isMarked(late, target) };
      }
    },

    async remove({ recordId, ...target }, options) {
      const zoneId = requireZoneId(target.zone.zoneId);
      const entries = await findEntries(target, options);
      const ours = entries.filter((entry) => entry.id === recordId || isMarked(entry, target));
      for (const { id } of ours) {
        try {
          await txtRecords.delete(zoneId, id, options);
        } catch (error) {
          // Deleted since the query above.
          if (!(error instanceof CloudflareError && error.isNotFound)) throw error;
        }
      }
      if (ours.length > 0) return 'removed';
      return entries.length > 0 ? 'not-ours' : 'absent';
    },
  };
}

/** "A record with those settings already exists", "An identical record already exists". */
const identicalRecordCodes = new Set([81_057, 81_058]);

function isIdenticalRecord(error: unknown): boolean {
  return error instanceof CloudflareError && error.codes.some((code) => identicalRecordCodes.has(code));
}

/** On free plans a comment has at most 100 characters; the mark of a run is shorter. */
function isMarked({ comment }: TxtRecordEntry, { runId }: TxtTarget): boolean {
  return comment === markOfRun(runId);
}

/** The zone of the account, or what prevents publishing in it. https://developers.cloudflare.com/dns/zone-setups/ */
function judgeZones(found: Zone[], wanted: WantedZone): ZoneFinding {
  const { accountId, shown } = wanted;
  const [match, ...others] = found;
  if (match === undefined) {
    return unfit(wanted, `account ${accountId} has no such zone, or the token may not read it`);
  }
  if (others.length > 0) {
    const ids = found.map(({ id, status }) => `${id} (${status})`).join(', ');
    const problem = `account ${accountId} has ${found.length} of this name: ${ids}`;
    return unfit(wanted, problem, 'remove all but the one in use');
  }
  if (match.type !== 'full') {
    return unfit(wanted, `Cloudflare's zone is of type "${match.type}": its records are kept elsewhere`);
  }
  if (match.status !== 'active') {
    return unfit(wanted, `Cloudflare's zone is "${match.status}", so its records are not visible to the world`);
  }
  if (shown?.source === 'discovered' && !shareServers(match.nameServers, shown.nameServers)) {
    const serving = shown.nameServers.map((name) => toCanonicalName(name)).join(', ');
    const own = match.nameServers.join(', ');
    return unfit(wanted, `Cloudflare's zone is on ${own}, but the domain is delegated to ${serving}`);
  }
  return { fit: true, zone: { apex: match.name, zoneId: match.id } };
}
