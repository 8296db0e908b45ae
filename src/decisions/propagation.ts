import type { DnsEvidence, ServerEvidence } from '../contract/schemas/dns.ts';
import type { Propagation } from './timings.ts';
import { labelServer } from '../messages/problems.ts';

/**
 * - `propagated`: at least one authoritative server answered, and every one that did has the value
 * - `wait`: ask again later
 * - `ask-provider`: propagation takes longer than allowed, or no server can be reached from here: verification begins once
 *   the provider confirms the record, which is harmless and can be repeated
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
  const notCounted = servers.filter(({ verdict }) => verdict === 'lame' || verdict === 'unreachable');
  const remark = notCounted.length === 0 ? '' : `; not counted: ${list(notCounted)}`;

  if (having.length > 0 && lacking.length === 0) {
    return { kind: 'propagated', reason: `${answered(having.length)} the value${remark}` };
  }
  if (lacking.length === 0) {
    return {
      kind: 'ask-provider',
      reason: `no authoritative server answered: ${servers.length === 0 ? 'none is known' : list(notCounted)}`,
    };
  }
  const answers = having.length + lacking.length;
  return {
    kind: waitedSeconds >= maxSeconds ? 'ask-provider' : 'wait',
    reason: `${having.length} of ${answers} authoritative answers have the value; not yet: ${list(lacking)}${remark}`,
  };
}

function answered(count: number): string {
  return count === 1 ? 'the one authoritative answer has' : `all ${count} authoritative answers have`;
}

function list(servers: ServerEvidence[]): string {
  return servers.map((server) => `${labelServer(server)}: ${server.detail}`).join(', ');
}

/** Whether DNS or Cloudflare is late while Cloudflare does not report `verified`, from the latest answers; `null`: no answers. */
export function describeDelay(evidence: DnsEvidence | null): string | null {
  if (evidence === null) return null;
  const { kind, reason } = decidePropagation(evidence, 0, { maxSeconds: Infinity });
  const when = `(asked at ${evidence.observedAt})`;
  switch (kind) {
    case 'propagated':
      return `DNS is not the cause: ${reason} ${when}`;
    case 'wait':
      return `DNS is late: ${reason} ${when}`;
    case 'ask-provider':
      return `whether DNS is late is unknown: ${reason} ${when}`;
  }
}
