import type { Polling } from '../contract/old-contract.ts';

/**
 * How long to wait before the next look, in seconds, when the wait has lasted `elapsedSeconds`: a fixed share of the time
 * already waited, so that a change is seen within that share and the number of looks grows with the logarithm of the time.
 */
export function nextWaitSeconds(elapsedSeconds: number, { firstSeconds, growth, maxSeconds }: Polling): number {
  return Math.min(Math.max(firstSeconds, elapsedSeconds * growth), maxSeconds);
}
