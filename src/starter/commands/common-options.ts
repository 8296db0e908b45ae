import type { StarterConfig } from '../../config/starter.ts';
import { listProblems } from '../../messages/problems.ts';
import { exitCodes } from '../../environment/exit-codes.ts';
import { onboardingInputSchema } from '../../contract/schemas/onboarding-input.ts';
import { parse } from '../../contract/schemas/parse.ts';
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

const ofTheOption = { subject: '--account', remedy: "the id is in the dashboard's address" };

/** @throws {StarterError} when it is no account id */
export function checkAccount(account: string): string {
  const parsed = parse(onboardingInputSchema.shape.accountId, account, ofTheOption);
  if (parsed.ok) return parsed.input;
  throw new StarterError(exitCodes.usage, listProblems(parsed.problems));
}
