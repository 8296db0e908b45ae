/**
 * - `unavailable`: it could not be reached, is in trouble or throttles, so the same may work later; what was asked for may
 *   have been done
 * - `raced`: somebody else changed the same values first, and nothing was done
 * - `unauthorised`: it does not accept the key or credentials, or they may not do this; nothing was done
 * - `refused`: no, for good; nothing was done
 */
export type ProviderErrorKind = 'unavailable' | 'raced' | 'unauthorised' | 'refused';

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
