/** What is no longer as it should be: records against connectors, and a TXT value against what DNS shows. */
import type { DriftKind } from '../contract/names/vocabulary.ts';
import type { RecordedTxt } from '../contract/schemas/connector-record.ts';
import type { Connector } from '../contract/schemas/connector.ts';
import type { DnsEvidence, ServerEvidence } from '../contract/schemas/dns.ts';
import type { DriftFinding, ListedConnector, RecordedDomain } from '../contract/schemas/drift.ts';
import { labelServer } from '../messages/server-label.ts';

/** Everything about the connectors that is not as the records say, in the order of the records. */
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
  const again = 'if that was not meant, onboard the domain again; if it was, off-board it';

  if (recorded === undefined) {
    if (others.length === 0) {
      return [find('deleted', `its connector ${connectorId} is gone, and there is no other`, again)];
    }
    const detail = `its connector ${connectorId} is gone; in its place there is ${list(others)}`;
    return [find('replaced', detail, 'find out who made that one; onboard the domain again to take it on')];
  }
  const findings: DriftFinding[] = [];
  if (!recorded.enabled) findings.push(find('disabled', `its connector ${connectorId} is not enabled`, again));
  else if (recorded.verificationStatus !== 'verified') {
    const detail = `its connector ${connectorId} is enabled, and its verification is "${recorded.verificationStatus}"`;
    findings.push(
      find('unverified', detail, 'see that its TXT value is there, and begin verification in the dashboard'),
    );
  }
  if (others.length > 0) {
    const detail = `beside its connector ${connectorId} there is ${list(others)}`;
    findings.push(find('second-connector', detail, 'find out who made that one, and delete it if nobody needs it'));
  }
  return findings;
}

function reportUnknown({ id, emailDomain }: ListedConnector): DriftFinding {
  return toFinding(
    emailDomain,
    'unknown-connector',
    `the connector ${id} is enabled, and nothing here enabled it`,
    'onboard the domain: that finds it enabled and remembers it; or disable it if nobody meant it',
  );
}

function list(connectors: readonly ListedConnector[]): string {
  return connectors.map(({ id, enabled }) => `${id} (${enabled ? 'enabled' : 'not enabled'})`).join(', ');
}

/** What one look at DNS comes to. `unseen`: no server could be asked, which is no drift. */
export type TxtSight = { kind: 'there' } | { kind: 'missing' | 'partial' | 'unseen'; detail: string };

/** Servers that do not answer, or not with authority, do not count. */
export function judgeTxt({ servers }: Pick<DnsEvidence, 'servers'>): TxtSight {
  const having = servers.filter(({ verdict }) => verdict === 'has-value');
  const lacking = servers.filter(({ verdict }) => verdict === 'lacks-value');
  if (having.length === 0 && lacking.length === 0) {
    const why = servers.length === 0 ? 'none is known' : describe(servers);
    return { kind: 'unseen', detail: `no authoritative server answered: ${why}` };
  }
  if (lacking.length === 0) return { kind: 'there' };
  if (having.length === 0) return { kind: 'missing', detail: `no authoritative server has it: ${describe(lacking)}` };
  const all = having.length + lacking.length;
  return { kind: 'partial', detail: `${lacking.length} of ${all} authoritative answers lack it: ${describe(lacking)}` };
}

/** What several servers said alike is said once. */
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
  const remedy = `add it again at ${emailDomain}, or look with --repair: "${value}"`;
  return toFinding(emailDomain, 'txt-missing', `the TXT value: ${detail}`, remedy);
}

/** Long enough for a sentence with a few servers in it; there may be many findings. */
const longestText = 400;

function toFinding(emailDomain: string, kind: DriftKind, detail: string, remedy: string): DriftFinding {
  return { emailDomain, kind, detail: shorten(detail), remedy: shorten(remedy), repaired: false };
}

export function shorten(text: string): string {
  return text.length <= longestText ? text : `${text.slice(0, longestText - 1)}…`;
}

/**
 * Why a value that has vanished is not to be published again by us; `null`: it may be.
 * @param connector as it is now; `null`: there is none any more
 */
export function whyNotPublish({ record }: RecordedTxt, connector: Connector | null): string | null {
  if (connector === null) return 'its connector is gone';
  if (!connector.enabled) return 'its connector is not enabled';
  if (connector.verificationStatus !== 'verified') return `its verification is "${connector.verificationStatus}"`;
  if (connector.verificationCode !== record.value) return 'its connector asks for another value by now';
  if (record.preexisting) return 'it was there before we came, so it is not ours to add';
  if (record.provider === 'manual') return 'a person publishes it';
  return null;
}
