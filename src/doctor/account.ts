/** Checks the Cloudflare account. Reads only. */
import type { Cloudflare } from '../cloudflare/cloudflare.ts';
import { readListedDomain } from '../domains/email-domain.ts';
import { accountIdSchema } from '../contract/schemas/fields.ts';
import { parse } from '../contract/schemas/parse.ts';
import { settle, notOk, ok, skipAll } from './check.ts';
import type { Check, Limits } from './check.ts';
import { accountChecks, connectorCheck, judgeAccountQueries, judgeTokenQuery } from './judge-account.ts';

/**
 * @param wanted `cloudflare: null`: its variables cannot be used; `accountId: null`, `emailDomain: null`: none was given
 * @returns `unusable`: why the account cannot be queried with this token; `null`: it can
 */
export async function examineAccount(
  wanted: { cloudflare: Cloudflare | null; accountId: string | null; emailDomain: string | null },
  limits: Limits,
): Promise<{ checks: Check[]; unusable: string | null }> {
  const { cloudflare, accountId, emailDomain } = wanted;
  const account = judgeAccountId(accountId);
  const needToken = [
    accountChecks.organization,
    accountChecks.identityProvider,
    accountChecks.connectors,
    ...(emailDomain === null ? [] : [connectorCheck(emailDomain)]),
  ];

  if (cloudflare === null || accountId === null || account.state !== 'ok') {
    const unusable = cloudflare === null ? 'CLOUDFLARE_* cannot be used' : 'the account is unknown';
    return { checks: [account, ...skipAll([accountChecks.token, ...needToken], unusable)], unusable };
  }

  const { preflight, connectors } = cloudflare;
  const token = await settle(limits, async (options) => await preflight.verifyToken(accountId, options));
  const tokenCheck = judgeTokenQuery(token, new Date());
  if (!token.ok || tokenCheck.state !== 'ok') {
    const unusable = 'the API token cannot be used';
    return { checks: [account, tokenCheck, ...skipAll(needToken, unusable)], unusable };
  }

  const isWanted = (listed: string): boolean => emailDomain !== null && readListedDomain(listed) === emailDomain;
  const [organization, identityProviders, found] = await Promise.all([
    settle(limits, async (options) => await preflight.findOrganization(accountId, options)),
    settle(limits, async (options) => {
      const providers = await preflight.listIdentityProviders(accountId, options);
      return providers.map(({ name }) => name);
    }),
    settle(limits, async (options) => await connectors.list(accountId, isWanted, options)),
  ]);
  const outcomes = { organization, identityProviders, connectors: found };
  const checks = judgeAccountQueries(token.value, outcomes, emailDomain, new Date());
  return { checks: [account, tokenCheck, ...checks], unusable: null };
}

function judgeAccountId(accountId: string | null): Check {
  const name = accountChecks.account;
  const next = "use --account <id>, or set CLOUDFLARE_ACCOUNT_ID; the id is in the dashboard's URL";
  if (accountId === null) return notOk(name, 'no account was given', next);
  const parsed = parse(accountIdSchema, accountId);
  if (parsed.ok) return ok(name, accountId);
  return notOk(name, `its id ${parsed.problems.map(({ problem }) => problem).join(', ')}`, next);
}
