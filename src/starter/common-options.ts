import type { StarterConfig } from '../config.ts';
import { exitCodes } from '../exit-codes.ts';
import { StarterError } from './starter-error.ts';

/** Options that every command about an onboarding has. */
export interface CommonOptions {
  /** The Cloudflare account id. */
  account?: string;
  json?: boolean;
}

/** @throws {StarterError} when neither the options nor the environment name one */
export function accountOf({ account }: CommonOptions, { accountId }: StarterConfig): string {
  const chosen = account ?? accountId;
  if (chosen !== null) return chosen;
  throw new StarterError(
    exitCodes.usage,
    'Which Cloudflare account? Use --account <id>, or set CLOUDFLARE_ACCOUNT_ID.',
  );
}
