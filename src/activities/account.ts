import { ApplicationFailure } from '@temporalio/common';

import type { Cloudflare } from '../cloudflare/cloudflare.ts';
import { isRefusal } from '../cloudflare/error-class.ts';
import type { Problem } from '../contract/schemas/parse.ts';
import { judgeAccount, judgeToken, tokenRemedy } from '../decisions/prerequisites.ts';
import type { AccountFacts } from '../decisions/prerequisites.ts';
import type { RetryTimings } from '../decisions/timings.ts';
import { perform } from './perform.ts';
import type { EffectOptions } from './perform.ts';

export function createAccountActivities({ preflight, connectors }: Cloudflare, retry: RetryTimings) {
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
    /** Reads only: every problem of the account and the token. A refused token is a problem, not a reason to retry. */
    checkAccount: async ({ accountId }: { accountId: string }): Promise<Problem[]> => {
      return await perform(retry, async (options) => {
        try {
          const token = await preflight.verifyToken(accountId, options);
          return judgeAccount({ token, ...(await readFacts(accountId, options)) }, new Date());
        } catch (error) {
          if (!isRefusal(error)) throw error;
          return [{ subject: 'API token', problem: `it cannot be used: ${error.message}`, remedy: tokenRemedy }];
        }
      });
    },

    /**
     * Succeeds once the token is active and does not expire before `until` (ISO 8601).
     * @throws {ApplicationFailure} `CloudflareUnauthorized`, retried: a token can be replaced during a run
     */
    requireLastingToken: async ({ accountId, until }: { accountId: string; until: string }): Promise<void> => {
      await perform(retry, async (options) => {
        const token = await preflight.verifyToken(accountId, options);
        const [problem] = judgeToken(token, new Date(until));
        if (problem === undefined) return;
        throw ApplicationFailure.create({
          type: 'CloudflareUnauthorized',
          message: `API token: ${problem.problem}, and it has to be valid until ${until} (${problem.remedy})`,
          nextRetryDelay: retry.authRetrySeconds * 1000,
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
