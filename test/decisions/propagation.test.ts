import { describe, expect, test } from 'vitest';

import type { ServerVerdict } from '../../src/contract/names/vocabulary.ts';
import type { DnsEvidence, ResolverEvidence, ServerEvidence } from '../../src/contract/schemas/dns.ts';
import { decidePropagation, describeDelay } from '../../src/decisions/propagation.ts';
import type { PropagationDecision } from '../../src/decisions/propagation.ts';

const details: Record<ServerVerdict, string> = {
  'has-value': 'has the value',
  'lacks-value': '3 other TXT values',
  lame: 'gives a non-authoritative answer',
  unreachable: 'no answer within 3 s',
};

function server(name: string, verdict: ServerVerdict): ServerEvidence {
  return {
    name,
    address: `192.0.2.${name.length}:53`,
    verdict,
    detail: details[verdict],
    milliseconds: null,
    serial: null,
  };
}

function evidence(servers: ServerEvidence[], resolvers: ResolverEvidence[] = []): DnsEvidence {
  return { observedAt: '2026-03-01T09:00:00.000Z', servers, resolvers, findings: [] };
}

const has = server('ada', 'has-value');
const alsoHas = server('bobby', 'has-value');
const lacks = server('cleo', 'lacks-value');
const lame = server('daniel', 'lame');
const unreachable = server('evangeline', 'unreachable');

describe('one look at DNS', () => {
  test.each<[string, ServerEvidence[], number, PropagationDecision['kind'], string]>([
    [
      'is propagated when every server has the value',
      [has, alsoHas],
      0,
      'propagated',
      'all 2 authoritative answers have the value',
    ],
    ['is propagated when the only server has it', [has], 0, 'propagated', 'the one authoritative answer has the value'],
    [
      'is propagated when every server that answered has it, and names the ones that did not',
      [has, unreachable],
      0,
      'propagated',
      'the one authoritative answer has the value; not counted: evangeline (192.0.2.10:53): no answer within 3 s',
    ],
    [
      'is propagated past a lame server, which it names',
      [has, alsoHas, lame],
      0,
      'propagated',
      'all 2 authoritative answers have the value; not counted: daniel (192.0.2.6:53): gives a non-authoritative answer',
    ],
    [
      'waits while one server lacks the value, and names it',
      [has, lacks],
      0,
      'wait',
      '1 of 2 authoritative answers have the value; not yet: cleo (192.0.2.4:53): 3 other TXT values',
    ],
    [
      'waits while every server lacks it',
      [lacks],
      0,
      'wait',
      '0 of 1 authoritative answers have the value; not yet: cleo (192.0.2.4:53): 3 other TXT values',
    ],
    [
      'waits with a lame server beside one that lacks the value, and distinguishes the two',
      [lacks, lame],
      0,
      'wait',
      '0 of 1 authoritative answers have the value; not yet: cleo (192.0.2.4:53): 3 other TXT values; ' +
        'not counted: daniel (192.0.2.6:53): gives a non-authoritative answer',
    ],
    [
      'still waits just before the longest wait is over',
      [has, lacks],
      3599.9,
      'wait',
      '1 of 2 authoritative answers have the value; not yet: cleo (192.0.2.4:53): 3 other TXT values',
    ],
    [
      'asks the provider when the longest wait is over, and still names the stale server',
      [has, lacks],
      3600,
      'ask-provider',
      '1 of 2 authoritative answers have the value; not yet: cleo (192.0.2.4:53): 3 other TXT values',
    ],
    [
      'is propagated however long it took',
      [has, alsoHas],
      1e6,
      'propagated',
      'all 2 authoritative answers have the value',
    ],
    [
      'asks the provider at once when no server can be reached from here',
      [unreachable],
      0,
      'ask-provider',
      'no authoritative server answered: evangeline (192.0.2.10:53): no answer within 3 s',
    ],
    [
      'asks the provider at once when servers are lame or silent only, and names each',
      [lame, unreachable],
      0,
      'ask-provider',
      'no authoritative server answered: daniel (192.0.2.6:53): gives a non-authoritative answer, ' +
        'evangeline (192.0.2.10:53): no answer within 3 s',
    ],
    [
      'names a server whose address is not known by its name alone',
      [{ ...server('ns9.example.net', 'unreachable'), address: '', detail: 'its host name has no address' }],
      0,
      'ask-provider',
      'no authoritative server answered: ns9.example.net: its host name has no address',
    ],
    [
      'asks the provider at once when no server is known',
      [],
      0,
      'ask-provider',
      'no authoritative server answered: none is known',
    ],
  ])('%s', (_, servers, waitedSeconds, kind, reason) => {
    expect(decidePropagation(evidence(servers), waitedSeconds, { maxSeconds: 3600 })).toEqual({ kind, reason });
  });

  test.each<[string, ResolverEvidence['verdict']]>([
    ['lacks the value', 'lacks-value'],
    ['cannot be reached', 'unreachable'],
  ])('is propagated although a resolver %s', (_, verdict) => {
    const resolver: ResolverEvidence = { address: '192.0.2.53:53', verdict, detail: 'an older answer' };
    const decision = decidePropagation(evidence([has], [resolver]), 0, { maxSeconds: 3600 });
    expect(decision).toEqual({ kind: 'propagated', reason: 'the one authoritative answer has the value' });
  });

  test('waits although every resolver has the value', () => {
    const resolver: ResolverEvidence = { address: '192.0.2.53:53', verdict: 'has-value', detail: 'has the value' };
    expect(decidePropagation(evidence([lacks], [resolver]), 0, { maxSeconds: 3600 }).kind).toBe('wait');
  });
});

function answersOf(...verdicts: ServerVerdict[]): DnsEvidence {
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

describe('whether DNS or Cloudflare is late', () => {
  test('is not known if the name servers were never asked', () => {
    expect(describeDelay(null)).toBeNull();
  });

  test.each<[string, DnsEvidence, RegExp]>([
    ['not DNS, when every server has the value', answersOf('has-value', 'has-value'), /^DNS is not the cause: all 2/u],
    [
      'DNS, when a server lacks it, by name',
      answersOf('has-value', 'lacks-value'),
      /^DNS is late: .*ns2\.example\.net/u,
    ],
    ['unknown, when no server answers', answersOf('lame', 'unreachable'), /^whether DNS is late is unknown: /u],
  ])('is %s', (_what, answers, expected) => {
    const description = describeDelay(answers);
    expect(description).toMatch(expected);
    expect(description).toContain('2026-03-01T09:00:00.000Z');
  });
});
