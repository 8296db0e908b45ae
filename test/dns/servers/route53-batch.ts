/** The rules of a change batch that moto does not have: a deletion has to match what is there, a creation must find nothing. */

/** A record set as a batch or a list has it, its values as they are written. */
export interface WrittenSet {
  name: string;
  type: string;
  setIdentifier: string | null;
  ttl: string | null;
  values: string[];
}

export interface WrittenChange {
  action: string;
  set: WrittenSet;
  /** The whole `<Change>` element. */
  xml: string;
}

export function parseBatch(xml: string): WrittenChange[] {
  return elements(xml, 'Change').map((change) => ({
    action: element(change, 'Action') ?? '',
    set: parseSet(change),
    xml: `<Change>${change}</Change>`,
  }));
}

export function parseSets(xml: string): WrittenSet[] {
  return elements(xml, 'ResourceRecordSet').map(parseSet);
}

/** What Route 53 would say against the batch, in its own words; empty when it would carry it out. */
export function judgeBatch(sets: readonly WrittenSet[], changes: readonly WrittenChange[]): string[] {
  const current = [...sets];
  return changes.flatMap(({ action, set }) => {
    const position = current.findIndex((other) => isSameSet(other, set));
    const present = current[position];
    const named = `[name='${set.name}', type='${set.type}']`;
    const malformed = set.type === 'TXT' ? set.values.find((value) => !isTxtText(value)) : undefined;
    if (malformed !== undefined)
      return [`Invalid Resource Record: FATAL problem: InvalidCharacterString at '${malformed}'`];
    if (new Set(set.values).size < set.values.length) return [`Duplicate Resource Record in ${named}`];
    if (action === 'DELETE') {
      if (present === undefined) return [`Tried to delete resource record set ${named} but it was not found`];
      if (!hasSameContent(present, set)) {
        return [`Tried to delete resource record set ${named} but the values provided do not match the current values`];
      }
      current.splice(position, 1);
      return [];
    }
    if (action !== 'CREATE') return [`Only CREATE and DELETE leave others' changes alone, not ${action}`];
    if (present !== undefined) return [`Tried to create resource record set ${named} but it already exists`];
    if (current.some(({ name, type }) => name === set.name && type === 'CNAME')) {
      return [
        `RRSet of type ${set.type} with DNS name ${set.name} is not permitted because a conflicting RRSet of type CNAME ` +
          'with the same DNS name already exists in the zone',
      ];
    }
    current.push(set);
    return [];
  });
}

/** The same batch for moto, which has no creation right after a deletion, and none that repeats an older one. */
export function toMotoBatch(xml: string, changes: readonly WrittenChange[]): string {
  const created = changes.filter(({ action }) => action === 'CREATE');
  const isReplaced = ({ set }: WrittenChange) => created.some((other) => isSameSet(other.set, set));
  return changes
    .filter((change) => change.action === 'DELETE' && isReplaced(change))
    .reduce((rest, change) => rest.replace(change.xml, () => ''), xml)
    .replaceAll('<Action>CREATE</Action>', '<Action>UPSERT</Action>');
}

function isSameSet(one: WrittenSet, other: WrittenSet): boolean {
  return one.name === other.name && one.type === other.type && one.setIdentifier === other.setIdentifier;
}

function hasSameContent(one: WrittenSet, other: WrittenSet): boolean {
  return one.ttl === other.ttl && JSON.stringify(one.values.toSorted()) === JSON.stringify(other.values.toSorted());
}

/** Strings of at most 255 bytes in quotes, in printable ASCII. */
function isTxtText(value: string): boolean {
  return /^"(?:[ !#-[\]-~]|\\[0-3][0-7]{2}|\\["\\]){0,255}"(?:\s+"(?:[ !#-[\]-~]|\\[0-3][0-7]{2}|\\["\\]){0,255}")*$/u.test(
    value,
  );
}

function parseSet(xml: string): WrittenSet {
  const name = element(xml, 'Name') ?? '';
  return {
    name: name.endsWith('.') ? name : `${name}.`,
    type: element(xml, 'Type') ?? '',
    setIdentifier: element(xml, 'SetIdentifier'),
    ttl: element(xml, 'TTL'),
    values: elements(xml, 'Value').map(unescapeXml),
  };
}

function element(xml: string, name: string): string | null {
  const [content] = elements(xml, name);
  return content === undefined ? null : unescapeXml(content);
}

function elements(xml: string, name: string): string[] {
  return Array.from(xml.matchAll(new RegExp(`<${name}>([^]*?)</${name}>`, 'gu')), ([, content]) => content ?? '');
}

function unescapeXml(text: string): string {
  const named: Record<string, string> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };
  return text.replaceAll(/&(?:#(\d+)|#x([\da-f]+)|(\w+));/giu, (entity, decimal, hexadecimal, name) => {
    if (decimal !== undefined) return String.fromCodePoint(Number(decimal));
    if (hexadecimal !== undefined) return String.fromCodePoint(Number.parseInt(String(hexadecimal), 16));
    return named[String(name)] ?? entity;
  });
}
