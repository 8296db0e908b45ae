import type { Decision } from '../contract.ts';

/**
 * For validators of updates, whose sender may be any client in any language.
 * @throws {TypeError} when it does not say who and why
 */
export function requireDecision(decision: Decision): void {
  if (typeof decision?.by !== 'string' || decision.by.trim() === '') throw new TypeError('Who says so? Set "by"');
  if (typeof decision.reason !== 'string' || decision.reason.trim() === '') throw new TypeError('Why? Set "reason"');
}
