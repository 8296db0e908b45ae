import { describe, expect, test } from 'vitest';

import type { ServerVerdict } from '../../src/contract/names/vocabulary.ts';
import type { DnsEvidence } from '../../src/contract/schemas/dns.ts';
import { tellLateSide } from '../../src/decisions/late-side.ts';

function seen(...verdicts: ServerVerdict[]): DnsEvidence {
  return {
    observedAt: '2026-03-01T09:00:00.000Z',
    servers: verdicts.map((verdict, index) => ({
      name: `ns${index + 1}.example.net`,
      address: `192.0.2.${index + 1}:53`,
      verdict,
      detail: verdict,
      milliseconds: null,
      serial: null,
    })),
    resolvers: [],
    findings: [],
  };
}

describe('which side is late while Cloudflare looks', () => {
  test('is not known when the name servers were never asked', () => {
    expect(tellLateSide(null)).toBeNull();
  });

  test.each<[string, DnsEvidence, RegExp]>([
    [
      'not DNS, when every server has the value',
      seen('has-value', 'has-value'),
      /^DNS is not what it waits for: all 2/u,
    ],
    ['DNS, when a server lacks it, by name', seen('has-value', 'lacks-value'), /^DNS is late: .*ns2\.example\.net/u],
    ['not to be seen, when no server answers', seen('lame', 'unreachable'), /^whether DNS is late cannot be seen: /u],
  ])('is %s', (_what, evidence, said) => {
    const told = tellLateSide(evidence);
    expect(told).toMatch(said);
    expect(told).toContain('2026-03-01T09:00:00.000Z');
  });
});
