import type { Problem } from '../../contract/schemas/parse.ts';

/**
 * - `unavailable`: it did not answer, or not usably, so the same may work later; what was asked for may have been done
 * - `busy`: it takes nothing for now (throttled, no connection), and nothing was done
 * - `raced`: somebody else changed the same values first, and nothing was done
 * - `unauthorised`: it does not accept the key or credentials, or they may not do this, or there are none; nothing was done
 * - `refused`: no, for good; nothing was done
 */
export type ProviderErrorKind = 'unavailable' | 'busy' | 'raced' | 'unauthorised' | 'refused';

/** A DNS provider that did not do what it was asked, in plain words. Never quotes a key or a credential. */
export class ProviderError extends Error {
  readonly kind: ProviderErrorKind;
  /** What somebody can do about it. */
  readonly remedy: string;

  constructor(kind: ProviderErrorKind, message: string, remedy: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ProviderError';
    this.kind = kind;
    this.remedy = remedy;
  }
}

/** It said no, and says so again until somebody changes something, as opposed to trouble that may pass. */
export function isProviderRefusal(error: unknown): error is ProviderError {
  return error instanceof ProviderError && (error.kind === 'unauthorised' || error.kind === 'refused');
}

/** What speaks against a zone, as an error. */
export function refusedFor(problems: readonly Problem[]): ProviderError {
  const said = problems.map(({ subject, problem }) => `${subject}: ${problem}`).join('; ');
  return new ProviderError('refused', said, problems.map(({ remedy }) => remedy).join('; '));
}
