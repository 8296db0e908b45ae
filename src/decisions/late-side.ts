import type { DnsEvidence } from '../contract/schemas/dns.ts';
import { decidePropagation } from './propagation.ts';

/** Whose turn it is while Cloudflare does not report `verified`, going by what the name servers last said; `null`: not known. */
export function tellLateSide(evidence: DnsEvidence | null): string | null {
  if (evidence === null) return null;
  const { kind, reason } = decidePropagation(evidence, 0, { maxSeconds: Infinity });
  const seen = `(asked at ${evidence.observedAt})`;
  switch (kind) {
    case 'propagated':
      return `DNS is not what it waits for: ${reason} ${seen}`;
    case 'wait':
      return `DNS is late: ${reason} ${seen}`;
    case 'ask-provider':
      return `whether DNS is late cannot be seen: ${reason} ${seen}`;
  }
}
