/** The record sets at a name, and the changes that add a TXT value to them or remove one. */
import type { Change, ResourceRecord, ResourceRecordSet } from '@aws-sdk/client-route-53';

import { ttlSecondsOfFirstValue } from '../../../messages/txt-record.ts';
import { ProviderError } from '../../publishing/provider-error.ts';
import { cutIntoTxtStrings, escapes, readQuotedStrings } from '../../wire/txt.ts';

/** https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DNSLimitations.html#limits-api-requests-changeresourcerecordsets */
const limits = { charactersOfValue: 4000, charactersOfBatch: 32_000, valuesOfBatch: 1000 };

/** Whether one of the TXT sets has exactly this value, in any notation. */
export function hasValue(sets: readonly ResourceRecordSet[], value: string): boolean {
  return sets.some((set) => set.Type === 'TXT' && (set.ResourceRecords ?? []).some((record) => isValue(record, value)));
}

/**
 * The changes that add a value to the TXT set of a name, or create the set.
 *
 * @throws {ProviderError} `refused` where that is not possible
 */
export function changesToAdd(sets: readonly ResourceRecordSet[], name: string, value: string): Change[] {
  if (sets.some(({ Type: type }) => type === 'CNAME')) {
    throw new ProviderError(
      'refused',
      `${name} is a CNAME in Route 53, and a name with a CNAME can have no TXT value`,
      'replace the CNAME with the records of its target',
    );
  }
  const added = { Value: encodeRoute53Txt(Buffer.from(value, 'utf8')) };
  const set = onlySimpleTxtSet(sets, name);
  if (set === null) {
    const first: ResourceRecordSet = { Name: name, Type: 'TXT', TTL: ttlSecondsOfFirstValue, ResourceRecords: [added] };
    return withinLimits(name, [{ Action: 'CREATE', ResourceRecordSet: first }]);
  }
  return withinLimits(name, replace(set, [...set.ResourceRecords, added]));
}

/**
 * The changes that remove a value from the TXT set of a name.
 *
 * @throws {ProviderError} `refused` where that is not possible
 */
export function changesToRemove(sets: readonly ResourceRecordSet[], name: string, value: string): Change[] {
  const set = onlySimpleTxtSet(sets, name);
  if (set === null) return [];
  const rest = set.ResourceRecords.filter((record) => !isValue(record, value));
  return withinLimits(name, replace(set, rest));
}

type SimpleSet = ResourceRecordSet & { ResourceRecords: ResourceRecord[] };

/**
 * Route 53 refuses the batch unless the set is still exactly as it was listed, so nobody else's change is overwritten. Other
 * values are sent back as they were listed, because decoding and encoding might not keep them byte for byte.
 */
function replace(set: SimpleSet, records: ResourceRecord[]): Change[] {
  const deletion: Change = { Action: 'DELETE', ResourceRecordSet: set };
  if (records.length === 0) return [deletion];
  return [deletion, { Action: 'CREATE', ResourceRecordSet: { ...set, ResourceRecords: records } }];
}

function onlySimpleTxtSet(sets: readonly ResourceRecordSet[], name: string): SimpleSet | null {
  const [first, ...others] = sets.filter(({ Type: type }) => type === 'TXT');
  if (first === undefined) return null;
  const { Name, Type, TTL, ResourceRecords: records, ...further } = first;
  const extras = Object.entries(further).flatMap(([key, present]) => (present === undefined ? [] : [key]));
  if (others.length === 0 && extras.length === 0 && records !== undefined && TTL !== undefined) {
    return { Name, Type, TTL, ResourceRecords: records };
  }
  const why =
    others.length > 0
      ? `${others.length + 1} sets with routing policies`
      : `a set with ${extras.join(', ')}, which a simple set does not have`;
  throw new ProviderError(
    'refused',
    `The TXT values of ${name} are ${why} in Route 53: they are not one list that a value can be added to or removed from`,
    'make them one set with simple routing, or change the value in each of them by hand (provider "manual")',
  );
}

function isValue({ Value: text }: ResourceRecord, value: string): boolean {
  return text !== undefined && decodeRoute53Txt(text).equals(Buffer.from(value, 'utf8'));
}

function withinLimits(name: string, changes: Change[]): Change[] {
  const values = changes.flatMap(({ ResourceRecordSet: set }) =>
    (set?.ResourceRecords ?? []).map(({ Value: value }) => value ?? ''),
  );
  const longest = Math.max(...values.map(({ length }) => length));
  const total = values.reduce((sum, { length }) => sum + length, 0);
  const together = 'the old ones and the new ones together';
  const fewer = 'remove values that are no longer needed';
  const { charactersOfValue, charactersOfBatch, valuesOfBatch } = limits;
  const refuse = (problem: string, remedy: string): never => {
    throw new ProviderError('refused', `The TXT values of ${name}: ${problem}`, remedy);
  };
  if (longest > charactersOfValue) {
    const problem = `one is written with ${longest} characters, and Route 53 accepts ${charactersOfValue}`;
    return refuse(problem, 'use a shorter value');
  }
  if (total > charactersOfBatch) {
    return refuse(`${together} have ${total} characters, and Route 53 changes ${charactersOfBatch} at once`, fewer);
  }
  if (values.length > valuesOfBatch) {
    return refuse(`${together} are ${values.length}, and Route 53 changes ${valuesOfBatch} at once`, fewer);
  }
  return changes;
}

/**
 * A value in Route 53's text form: quoted strings of at most 255 bytes. What is neither printable ASCII nor a space is written
 * as `\ooo`, in octal where DNS master files use decimal.
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/ResourceRecordTypes.html#TXTFormat
 */
export function encodeRoute53Txt(value: Uint8Array): string {
  const strings = cutIntoTxtStrings(value);
  return strings.map((string) => `"${Array.from(string, encodeByte).join('')}"`).join(' ');
}

/** The bytes of a text form. Text that does not consist of quoted strings alone is returned unchanged. */
export function decodeRoute53Txt(text: string): Buffer {
  return readQuotedStrings(text, escapes.octal) ?? Buffer.from(text, 'utf8');
}

function encodeByte(byte: number): string {
  const character = String.fromCharCode(byte);
  if (character === '"' || character === '\\') return `\\${character}`;
  return byte >= 0x20 && byte < 0x7f ? character : `\\${byte.toString(8).padStart(3, '0')}`;
}
