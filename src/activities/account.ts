import { ApplicationFailure } from '@temporalio/common';

import type { Cloudflare } from '../cloudflare/cloudflare.ts';
import { isRefusal } from '../cloudflare/error-class.ts';
import type { Pace } from '../contract/old-contract.ts';
import type { Problem } from '../contract/schemas/parse.ts';
import { judgeAccount, judgeToken, tokenRemedy } from '../decisions/prerequisites.ts';
import type { AccountFacts } from '../decisions/prerequisites.ts';
import { perform } from './perform.ts';
import type { EffectOptions } from './perform.ts';

export interface AccountActivities {
  /** Reads only: what about the account and the token would stop the onboarding. A refused token is an answer here, not a retry. */
  checkAccount: (request: { accountId: string; pace: Pace }) => Promise<Problem[]>;
  /**
   * Passes once the token is active and does not expire before `until` (ISO 8601).
   * @throws {ApplicationFailure} `CloudflareUnauthorized`, tried again: a token can be replaced in mid-run
   */
  requireLastingToken: (request: { accountId: string; until: string; pace: Pace }) => Promise<void>;
}

export function createAccountActivities({ preflight, connectors }: Cloudflare): AccountActivities {
  async function readFacts(accountId: string, options: EffectOptions): Promise<Omit<AccountFacts, 'token'>> {
    const [organization, identityProviders, readable] = await Promise.all([
      orUnreadable(async () => ({ name: await preflight.findOrganization(accountId, options) })),
      orUnreadable(async () => {
        const providers = await preflight.listIdentityProviders(accountId, options);
        return { names: providers.map(({ name }) => name) };
      }),
      orUnreadable(async () => {
        await connectors.list(accountId, () => false, options);
        return 'readable' as const;
      }),
    ]);
    return { organization, identityProviders, connectors: readable };
  }

  return {
    async checkAccount({ accountId, pace }) {
      return await perform(pace, async (options) => {
        try {
          const token = await preflight.verifyToken(accountId, options);
          return judgeAccount({ token, ...(await readFacts(accountId, options)) }, new Date());
        } catch (error) {
          if (!isRefusal(error)) throw error;
          return [
            {
              subject: 'API token',
              problem: `it cannot be used: ${error.message}`,
              remedy: tokenRemedy,
            },
          ];
        }
      });
    },

    async requireLastingToken({ accountId, until, pace }) {
      await perform(pace, async (options) => {
        const token = await preflight.verifyToken(accountId, options);
        const [problem] = judgeToken(token, new Date(until));
        if (problem === undefined) return;
        throw ApplicationFailure.create({
          type: 'CloudflareUnauthorized',
          message: `API token: ${problem.problem}, and it has to be good until ${until} (${problem.remedy})`,
          nextRetryDelay: pace.authRetrySeconds * 1000,
          details: [{ mayHaveWritten: false }],
        });
      });
    },
  };
}

async function orUnreadable<Fact>(read: () => Promise<Fact>): Promise<Fact | { unreadable: string }> {
  try {
    return await read();
  } catch (error) {
    if (isRefusal(error)) return { unreadable: error.message };
    throw error;
  }
}
