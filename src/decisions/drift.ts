/** Drift: records compared with connectors, and TXT values with the answers of name servers. */
import type { DriftKind } from '../contract/names/vocabulary.ts';
import type { RecordedTxt } from '../contract/schemas/connector-record.ts';
import type { Connector } from '../contract/schemas/connector.ts';
import type { DnsEvidence, ServerEvidence } from '../contract/schemas/dns.ts';
import type { DriftFinding, ListedConnector, RecordedDomain } from '../contract/schemas/drift.ts';
import { labelServer } from '../messages/problems.ts';

/** Every difference between the records and the account's connectors, in the order of the records. */
export function compareConnectors(
  records: readonly RecordedDomain[],
  connectors: readonly ListedConnector[],
): DriftFinding[] {
  const byDomain = Map.groupBy(connectors, ({ emailDomain }) => emailDomain);
  const known = new Set(records.map(({ emailDomain }) => emailDomain));
  return [
    ...records.flatMap((record) => compareDomain(record, byDomain.get(record.emailDomain) ?? [])),
    ...connectors.filter(({ emailDomain, enabled }) => enabled && !known.has(emailDomain)).map(reportUnknown),
  ];
}

function compareDomain(
  { emailDomain, connectorId }: RecordedDomain,
  there: readonly ListedConnector[],
): DriftFinding[] {
  const recorded = there.find(({ id }) => id === connectorId);
  const others = there.filter(({ id }) => id !== connectorId);
  const find = (kind: DriftKind, detail: string, remedy: string) => toFinding(emailDomain, kind, detail, remedy);
  const again = 'if that was a mistake, onboard the domain again; if not, off-board it';

  if (recorded === undefined) {
    if (others.length === 0) {
      return [find('deleted', `its connector ${connectorId} is gone, and the domain has no other`, again)];
    }
    const detail = `its connector ${connectorId} is gone, and the domain has ${list(others)}`;
    return [find('replaced', detail, 'find out who created that one; onboard the domain again to adopt it')];
  }
  const findings: DriftFinding[] = [];
  if (!recorded.enabled) findings.push(find('disabled', `its connector ${connectorId} is not enabled`, again));
  else if (recorded.verificationStatus !== 'verified') {
    const detail = `its connector ${connectorId} is enabled, and its verification is "${recorded.verificationStatus}"`;
    findings.push(
      find('unverified', detail, 'make sure that its TXT value exists, and begin verification in the dashboard'),
    );
  }
  if (others.length > 0) {
    const detail = `besides its connector ${connectorId} the domain has ${list(others)}`;
    findings.push(find('second-connector', detail, 'find out who created that one, and delete it if nobody needs it'));
  }
  return findings;
}

function reportUnknown({ id, emailDomain }: ListedConnector): DriftFinding {
  return toFinding(
    emailDomain,
    'unknown-connector',
    `the connector ${id} is enabled, and no onboarding is recorded`,
    'onboard the domain, which finds it enabled and records it; or disable it if it was a mistake',
  );
}

function list(connectors: readonly ListedConnector[]): string {
  return connectors.map(({ id, enabled }) => `${id} (${enabled ? 'enabled' : 'not enabled'})`).join(', ');
}

/** The state of a TXT value. `unknown`: no server answered, which is not drift. */
export type TxtState = { kind: 'present' } | { kind: 'missing' | 'partial' | 'unknown'; detail: string };

/** Servers that do not answer, or not authoritatively, are not counted. */
export function classifyTxt({ servers }: Pick<DnsEvidence, 'servers'>): TxtState {
  const having = servers.filter(({ verdict }) => verdict === 'has-value');
  const lacking = servers.filter(({ verdict }) => verdict === 'lacks-value');
  if (having.length === 0 && lacking.length === 0) {
    const why = servers.length === 0 ? 'none is known' : describe(servers);
    return { kind: 'unknown', detail: `no authoritative server answered: ${why}` };
  }
  if (lacking.length === 0) return { kind: 'present' };
  if (having.length === 0) return { kind: 'missing', detail: `no authoritative server has it: ${describe(lacking)}` };
  const all = having.length + lacking.length;
  return { kind: 'partial', detail: `${lacking.length} of ${all} authoritative answers lack it: ${describe(lacking)}` };
}

/** Servers with the same answer are listed together. */
function describe(servers: readonly ServerEvidence[]): string {
  const byDetail = Map.groupBy(servers, ({ detail }) => detail);
  return [...byDetail].map(([detail, same]) => `${same.map(labelServer).join(', ')}: ${detail}`).join('; ');
}

export function toTxtFinding(
  { emailDomain, value }: { emailDomain: string; value: string },
  { kind, detail }: { kind: 'missing' | 'partial'; detail: string },
): DriftFinding {
  if (kind === 'partial') {
    const remedy = `"dns ${emailDomain} --value ${value}" shows what each server says`;
    return toFinding(emailDomain, 'txt-partial', `the TXT value: ${detail}`, remedy);
  }
  const remedy = `add it again at ${emailDomain}, or run "drift --repair": "${value}"`;
  return toFinding(emailDomain, 'txt-missing', `the TXT value: ${detail}`, remedy);
}

/** Characters: a sentence with a few servers in it. There may be many findings. */
const longestText = 400;

function toFinding(emailDomain: string, kind: DriftKind, detail: string, remedy: string): DriftFinding {
  return { emailDomain, kind, detail: shorten(detail), remedy: shorten(remedy), repaired: false };
}

export function shorten(text: string): string {
  return text.length <= longestText ? text : `${text.slice(0, longestText - 1)}…`;
}

/**
 * Why a value that has disappeared must not be published again; `null`: it may be.
 * @param connector as last read; `null`: it does not exist
 */
export function whyNotPublish({ record }: RecordedTxt, connector: Connector | null): string | null {
  if (connector === null) return 'its connector is gone';
  if (!connector.enabled) return 'its connector is not enabled';
  if (connector.verificationStatus !== 'verified') return `its verification is "${connector.verificationStatus}"`;
  if (connector.verificationCode !== record.value) return 'its connector now asks for another value';
  if (record.preexisting) return 'it was there before the onboarding';
  if (record.provider === 'manual') return 'a person publishes it';
  return null;
}

/** The items in their order, at most `size` in each group. */
export function inGroups<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}
