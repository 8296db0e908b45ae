import type { Connector } from '../contract/schemas/connector.ts';

/**
 * - `verified`: enable it
 * - `enabled`: somebody else enabled it already; nothing is left to do
 * - `begin`: ask Cloudflare to begin; `restart` when an earlier verification failed
 * - `wait`: Cloudflare is looking
 * - `gone`: nothing to wait for any more
 */
export type VerificationDecision =
  | { kind: 'verified' | 'enabled' | 'wait' | 'gone'; reason: string }
  | { kind: 'begin'; restart: boolean; reason: string };

/** What the connector (`null`: it does not exist) asks for while the run waits for `verified`. */
export function decideVerification(connector: Connector | null): VerificationDecision {
  if (connector === null) {
    return { kind: 'gone', reason: 'the connector no longer exists: somebody deleted it while this run was waiting' };
  }
  if (connector.enabled) return { kind: 'enabled', reason: 'the connector is already enabled' };
  switch (connector.verificationStatus) {
    case 'verified':
      return { kind: 'verified', reason: 'Cloudflare has verified the domain' };
    case 'pending':
      return { kind: 'wait', reason: 'Cloudflare is looking for the TXT value' };
    case 'awaiting':
      return { kind: 'begin', restart: false, reason: 'verification has not begun' };
    case 'failed':
      return { kind: 'begin', restart: true, reason: 'Cloudflare gave up looking for the TXT value; beginning again' };
  }
}
