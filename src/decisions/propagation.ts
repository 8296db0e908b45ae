import type { Propagation } from '../contract/old-contract.ts';
import type { DnsEvidence, ServerEvidence } from '../contract/schemas/dns.ts';
import { labelServer } from '../messages/server-label.ts';

/**
 * - `propagated`: at least one authoritative server answered, and every one that did has the value
 * - `wait`: look again later
 * - `ask-provider`: DNS takes longer than allowed, or no server can be reached from here: when the provider confirms the record,
 *   verification begins anyway, which is harmless and can be repeated
 */
export type PropagationDecision = { kind: 'propagated' | 'wait' | 'ask-provider'; reason: string };

/** @param waitedSeconds since the value was published */
export function decidePropagation(
  { servers }: DnsEvidence,
  waitedSeconds: number,
  { maxSeconds }: Pick<Propagation, 'maxSeconds'>,
): PropagationDecision {
  const having = servers.filter(({ verdict }) => verdict === 'has-value');
  const lacking = servers.filter(({ verdict }) => verdict === 'lacks-value');
  const silent = servers.filter(({ verdict }) => verdict === 'lame' || verdict === 'unreachable');
  const aside = silent.length === 0 ? '' : `; not counted: ${list(silent)}`;

  if (having.length > 0 && lacking.length === 0) {
    return { kind: 'propagated', reason: `${answered(having.length)} the value${aside}` };
  }
  if (lacking.length === 0) {
    return {
      kind: 'ask-provider',
      reason: `no authoritative server answered: ${servers.length === 0 ? 'none is known' : list(silent)}`,
    };
  }
  const answers = having.length + lacking.length;
  return {
    kind: waitedSeconds >= maxSeconds ? 'ask-provider' : 'wait',
    reason: `${having.length} of ${answers} authoritative answers have the value; not yet: ${list(lacking)}${aside}`,
  };
}

function answered(count: number): string {
  return count === 1 ? 'the one authoritative answer has' : `all ${count} authoritative answers have`;
}

function list(servers: ServerEvidence[]): string {
  return servers.map((server) => `${labelServer(server)}: ${server.detail}`).join(', ');
}
