import { refusal } from './api-error.ts';
import { type DnsRecord, parseRecord, type RecordFields } from './dns-record.ts';
import { normalizeName } from './domain-name.ts';
import { idOf, newId, timestamp } from './identifiers.ts';
import type { RecordSeed, ZoneSeed } from './seeds.ts';
import { parseTxtContent } from './txt-content.ts';

const FIRST_SERIAL = 2_300_000_001;
/** Seeds carry a fixed date, so that two simulators start out equal. */
const SEEDED_ON = '2024-03-01T09:00:00.000000Z';
const defaultNameServers = ['ada.ns.cloudflare.test', 'bob.ns.cloudflare.test'];

/** The records of a zone from one moment on; `at` in milliseconds of `performance.now()`. */
export interface ZoneVersion {
  at: number;
  serial: number;
  records: readonly DnsRecord[];
}

/** A zone and everything it ever held, so that a slow name server can still show what was. */
export class Zone {
  readonly id: string;
  readonly name: string;
  readonly accountId: string;
  nameServers: readonly string[] = defaultNameServers;
  status: NonNullable<ZoneSeed['status']> = 'active';
  type: NonNullable<ZoneSeed['type']> = 'full';
  // A new zone is a seed, not a change: every name server shows it at once.
  readonly #versions: [ZoneVersion, ...ZoneVersion[]] = [{ at: -Infinity, serial: FIRST_SERIAL, records: [] }];

  constructor(name: string, accountId: string) {
    this.id = idOf(`zone ${name} ${accountId}`);
    this.name = name;
    this.accountId = accountId;
  }

  get records(): readonly DnsRecord[] {
    return this.versionAt(Infinity).records;
  }

  /** The zone as it stood at a moment, in milliseconds of `performance.now()`. */
  versionAt(moment: number): ZoneVersion {
    return this.#versions.findLast((version) => version.at <= moment) ?? this.#versions[0];
  }

  /** Adds a record. Throws an `ApiError` (400) for one that is there already or cannot stand beside those that are. */
  add(fields: RecordFields): DnsRecord {
    for (const other of this.records) {
      if (other.type === fields.type && other.name === fields.name && isSameContent(other, fields)) {
        throw refusal(400, 81058, 'An identical record already exists.');
      }
      // Undocumented here: the code of this refusal.
      if (other.name === fields.name && (other.type === 'CNAME' || fields.type === 'CNAME')) {
        throw refusal(400, 81053, 'A CNAME record cannot stand beside other records of its name.');
      }
    }
    const now = timestamp();
    const record = { ...fields, id: newId(), createdOn: now, modifiedOn: now };
    this.#change([...this.records, record]);
    return record;
  }

  /** Removes a record. Throws an `ApiError` (404) when there is none with this id. */
  remove(id: string): void {
    if (!this.records.some((record) => record.id === id)) throw refusal(404, 81044, 'Record does not exist.');
    this.#change(this.records.filter((record) => record.id !== id));
  }

  /** Puts these records in the place of all others, as somebody with another client would. */
  replaceRecords(seeds: readonly RecordSeed[], isNew: boolean): void {
    const records = seeds.map((seed) => {
      const fields = parseRecord(this.name, seed);
      const id = idOf(`record ${this.id} ${fields.type} ${fields.name} ${fields.content}`);
      const same = ({ type, name, content }: DnsRecord) =>
        type === fields.type && name === fields.name && content === fields.content;
      const kept = this.records.find(same);
      return { ...fields, id: kept?.id ?? id, createdOn: kept?.createdOn ?? SEEDED_ON, modifiedOn: SEEDED_ON };
    });
    if (isNew) this.#versions[0].records = records;
    else this.#change(records);
  }

  #change(records: readonly DnsRecord[]): void {
    const { serial } = this.versionAt(Infinity);
    this.#versions.push({ at: performance.now(), serial: serial + 1, records });
  }
}

/** All zones that the account's tokens can see, those of other accounts included. */
export class Zones {
  readonly #ownAccountId: string;
  readonly #zones: Zone[] = [];

  constructor(ownAccountId: string) {
    this.#ownAccountId = ownAccountId;
  }

  list(): readonly Zone[] {
    return this.#zones;
  }

  /** Those that name servers answer for, the ones to prefer first. */
  listServed(): readonly Zone[] {
    const served = this.#zones.filter((zone) => zone.status === 'active' || zone.status === 'pending');
    return served.toSorted((a, b) => a.status.localeCompare(b.status));
  }

  find(id: string): Zone | undefined {
    return this.#zones.find((zone) => zone.id === id);
  }

  /** Adds a zone, or changes the one of that name in that account. Throws an `ApiError` for a record that cannot be. */
  put(seed: ZoneSeed): Zone {
    const name = normalizeName(seed.name);
    const accountId = seed.accountId ?? this.#ownAccountId;
    const known = this.#zones.find((zone) => zone.name === name && zone.accountId === accountId);
    const zone = known ?? new Zone(name, accountId);
    if (seed.records !== undefined) zone.replaceRecords(seed.records, known === undefined);
    zone.status = seed.status ?? zone.status;
    zone.type = seed.type ?? zone.type;
    zone.nameServers = seed.nameServers ?? zone.nameServers;
    if (known === undefined) this.#zones.push(zone);
    return zone;
  }
}

/** Undocumented: whether quoted and unquoted content count as identical. DNS could not hold both, so here they do. */
function isSameContent(a: RecordFields, b: RecordFields): boolean {
  if (a.type !== 'TXT') return a.content.toLowerCase() === b.content.toLowerCase() && a.priority === b.priority;
  const [left, right] = [parseTxtContent(a.content), parseTxtContent(b.content)];
  return left.length === right.length && left.every((bytes, index) => right[index]?.equals(bytes) === true);
}
