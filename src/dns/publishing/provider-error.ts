import type { Problem } from '../../contract/schemas/parse.ts';

/**
 * - `unavailable`: no usable answer, so the change may have been made; a retry may succeed
 * - `busy`: it accepts nothing for now (throttled, no connection); nothing was changed
 * - `conflict`: somebody else changed the same values first; nothing was changed
 * - `unauthorised`: there are no credentials, or they are not accepted or not sufficient; nothing was changed
 * - `refused`: a permanent refusal; nothing was changed
 */
export type ProviderErrorKind = 'unavailable' | 'busy' | 'conflict' | 'unauthorised' | 'refused';

/** A request that a DNS provider did not carry out. Never quotes a key or a credential. */
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

/** Whether it refuses until somebody changes something, as opposed to an outage that may pass. */
export function isProviderRefusal(error: unknown): error is ProviderError {
  return error instanceof ProviderError && (error.kind === 'unauthorised' || error.kind === 'refused');
}

/** The problems with a zone as an error. */
export function refusedFor(problems: readonly Problem[]): ProviderError {
  const said = problems.map(({ subject, problem }) => `${subject}: ${problem}`).join('; ');
  return new ProviderError('refused', said, problems.map(({ remedy }) => remedy).join('; '));
}
