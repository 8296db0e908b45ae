import type { Connector } from '../contract/schemas/connector.ts';

/**
 * - `verified`: enable it
 * - `enabled`: somebody else enabled it; nothing is left to do
 * - `begin`: begin verification; `restart` when an earlier verification failed
 * - `wait`: verification is in progress
 * - `gone`: the connector was deleted
 */
export type VerificationDecision =
  | { kind: 'verified' | 'enabled' | 'wait' | 'gone'; reason: string }
  | { kind: 'begin'; restart: boolean; reason: string };

/** The next step while the run waits for `verified`. @param connector as last read; `null`: it does not exist */
export function decideVerification(connector: Connector | null): VerificationDecision {
  if (connector === null) {
    return { kind: 'gone', reason: 'the connector no longer exists: somebody deleted it while this run was waiting' };
  }
  if (connector.enabled) return { kind: 'enabled', reason: 'the connector is already enabled' };
  switch (connector.verificationStatus) {
    case 'verified':
      return { kind: 'verified', reason: 'Cloudflare has verified the domain' };
    case 'pending':
      return { kind: 'wait', reason: 'Cloudflare is checking for the TXT value' };
    case 'awaiting':
      return { kind: 'begin', restart: false, reason: 'verification has not begun' };
    case 'failed':
      return {
        kind: 'begin',
        restart: true,
        reason: 'Cloudflare did not find the TXT value in time; verification is begun again',
      };
  }
}
