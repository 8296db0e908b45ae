import { apiError } from './api-error.ts';
import { type DnsRecord, parseRecord, type RecordFields } from './dns-record.ts';
import { normaliseName } from './domain-name.ts';
import { deriveId, newId, timestamp } from './identifiers.ts';
import type { RecordSeed, ZoneSeed } from './seeds.ts';
import { parseTxtContent } from './txt-content.ts';

const firstSerial = 2_300_000_001;
/** A fixed time for records that no API call created, so that every simulator starts with the same ones. */
const seededOn = '2024-03-01T09:00:00.000000Z';
const defaultNameServers = ['ada.ns.cloudflare.test', 'bob.ns.cloudflare.test'];

/** The records of a zone after a change; `at`: the time of the change, in milliseconds of `performance.now()`. */
export interface ZoneVersion {
  at: number;
  serial: number;
  records: readonly DnsRecord[];
}

/** A zone with all its earlier versions: a name server with a lag still serves them. */
export class Zone {
  readonly id: string;
  readonly name: string;
  readonly accountId: string;
  nameServers: readonly string[] = defaultNameServers;
  status: NonNullable<ZoneSeed['status']> = 'active';
  type: NonNullable<ZoneSeed['type']> = 'full';
  // Every name server serves a new zone at once, whatever its lag.
  readonly #versions: [ZoneVersion, ...ZoneVersion[]] = [{ at: -Infinity, serial: firstSerial, records: [] }];

  constructor(name: string, accountId: string) {
    this.id = deriveId(`zone ${name} ${accountId}`);
    this.name = name;
    this.accountId = accountId;
  }

  /** The current records. */
  get records(): readonly DnsRecord[] {
    return this.versionAt(Infinity).records;
  }

  /** The latest version at a time, in milliseconds of `performance.now()`. */
  versionAt(time: number): ZoneVersion {
    return this.#versions.findLast((version) => version.at <= time) ?? this.#versions[0];
  }

  /**
   * Adds a record.
   *
   * @throws {ApiError} (400) when an identical record exists, or its name would have a CNAME and another record
   */
  add(fields: RecordFields): DnsRecord {
    for (const other of this.records) {
      if (other.type === fields.type && other.name === fields.name && isSameContent(other, fields)) {
        throw apiError(400, 81058, 'An identical record already exists.');
      }
      // Undocumented: the code of this error.
      if (other.name === fields.name && (other.type === 'CNAME' || fields.type === 'CNAME')) {
        throw apiError(400, 81053, 'A CNAME record and another record cannot have the same name.');
      }
    }
    const now = timestamp();
    const record = { ...fields, id: newId(), createdOn: now, modifiedOn: now };
    this.#change([...this.records, record]);
    return record;
  }

  /** @throws {ApiError} (404) when no record has this id */
  remove(id: string): void {
    if (!this.records.some((record) => record.id === id)) throw apiError(404, 81044, 'Record does not exist.');
    this.#change(this.records.filter((record) => record.id !== id));
  }

  /**
   * Replaces all records. A record that stays the same keeps its id and creation time. `isNew`: name servers serve the
   * records at once, whatever their lag.
   *
   * @throws {ApiError} (400) when a record is invalid
   */
  replaceRecords(seeds: readonly RecordSeed[], isNew: boolean): void {
    const records = seeds.map((seed) => {
      const fields = parseRecord(this.name, seed);
      const id = deriveId(`record ${this.id} ${fields.type} ${fields.name} ${fields.content}`);
      const isSame = ({ type, name, content }: DnsRecord) =>
        type === fields.type && name === fields.name && content === fields.content;
      const kept = this.records.find(isSame);
      return { ...fields, id: kept?.id ?? id, createdOn: kept?.createdOn ?? seededOn, modifiedOn: seededOn };
    });
    if (isNew) this.#versions[0].records = records;
    else this.#change(records);
  }

  #change(records: readonly DnsRecord[]): void {
    const { serial } = this.versionAt(Infinity);
    this.#versions.push({ at: performance.now(), serial: serial + 1, records });
  }
}

/** All zones that the account's tokens can read, including zones of other accounts. */
export class Zones {
  readonly #ownAccountId: string;
  readonly #zones: Zone[] = [];

  constructor(ownAccountId: string) {
    this.#ownAccountId = ownAccountId;
  }

  list(): readonly Zone[] {
    return this.#zones;
  }

  /** The zones that the name servers serve; active ones first, since they take precedence over pending ones. */
  listServed(): readonly Zone[] {
    const served = this.#zones.filter((zone) => zone.status === 'active' || zone.status === 'pending');
    return served.toSorted((a, b) => a.status.localeCompare(b.status));
  }

  find(id: string): Zone | undefined {
    return this.#zones.find((zone) => zone.id === id);
  }

  /**
   * Adds a zone, or changes it if the account already has one with that name.
   *
   * @throws {ApiError} (400) when a record is invalid
   */
  put(seed: ZoneSeed): Zone {
    const name = normaliseName(seed.name);
    const accountId = seed.accountId ?? this.#ownAccountId;
    const existing = this.#zones.find((zone) => zone.name === name && zone.accountId === accountId);
    const zone = existing ?? new Zone(name, accountId);
    if (seed.records !== undefined) zone.replaceRecords(seed.records, existing === undefined);
    zone.status = seed.status ?? zone.status;
    zone.type = seed.type ?? zone.type;
    zone.nameServers = seed.nameServers ?? zone.nameServers;
    if (existing === undefined) this.#zones.push(zone);
    return zone;
  }
}

/** Undocumented: whether quoted and unquoted content are identical. Here they are, because an RRset cannot hold both. */
function isSameContent(a: RecordFields, b: RecordFields): boolean {
  if (a.type !== 'TXT') return a.content.toLowerCase() === b.content.toLowerCase() && a.priority === b.priority;
  const [left, right] = [parseTxtContent(a.content), parseTxtContent(b.content)];
  return left.length === right.length && left.every((bytes, index) => right[index]?.equals(bytes) === true);
}
