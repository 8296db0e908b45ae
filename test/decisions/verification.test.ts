import { expect, test } from 'vitest';

import type { Connector } from '../../src/contract/schemas/connector.ts';
import { decideVerification } from '../../src/decisions/verification.ts';
import type { VerificationDecision } from '../../src/decisions/verification.ts';

function connector(verificationStatus: Connector['verificationStatus'], enabled = false): Connector {
  return {
    id: 'one',
    emailDomain: 'example.com',
    enabled,
    useFedrampLanguage: false,
    verificationCode: 'cloudflare_dashboard_sso=abc',
    verificationStatus,
    createdAt: null,
  };
}

test.each<[string, Connector | null, VerificationDecision]>([
  [
    'a connector that awaits its verification has it begun',
    connector('awaiting'),
    { kind: 'begin', restart: false, reason: 'verification has not begun' },
  ],
  [
    'a pending connector is waited for',
    connector('pending'),
    { kind: 'wait', reason: 'Cloudflare is checking for the TXT value' },
  ],
  [
    'a failed verification is begun again',
    connector('failed'),
    {
      kind: 'begin',
      restart: true,
      reason: 'Cloudflare did not find the TXT value in time; verification is begun again',
    },
  ],
  [
    'a verified connector ends the wait',
    connector('verified'),
    { kind: 'verified', reason: 'Cloudflare has verified the domain' },
  ],
  [
    'a connector that somebody else enabled leaves nothing to do',
    connector('verified', true),
    { kind: 'enabled', reason: 'the connector is already enabled' },
  ],
  [
    'an enabled connector is not verified anew, whatever its status',
    connector('failed', true),
    { kind: 'enabled', reason: 'the connector is already enabled' },
  ],
  [
    'a connector that has gone is not waited for',
    null,
    { kind: 'gone', reason: 'the connector no longer exists: somebody deleted it while this run was waiting' },
  ],
])('%s', (_, observed, decision) => {
  expect(decideVerification(observed)).toEqual(decision);
});
