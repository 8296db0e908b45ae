/** The checks of a Cloudflare account, from what the queries returned. Pure. */
import { CloudflareError } from '../cloudflare/cloudflare-error.ts';
import { classOf, isRefusal } from '../cloudflare/error-class.ts';
import type { CloudflareErrorClass } from '../cloudflare/error-class.ts';
import type { TokenState } from '../cloudflare/preflight.ts';
import type { Connector } from '../contract/schemas/connector.ts';
import { defaultDeadlineSeconds } from '../contract/schemas/fields.ts';
import { decideConnector } from '../decisions/connector.ts';
import { judgeAccount, judgeToken } from '../decisions/prerequisites.ts';
import { notOk, ok, skipped, messageOf } from './check.ts';
import type { Check, QueryResult } from './check.ts';

/** Where `judgeAccount` has a name, it is the same. */
export const accountChecks = {
  account: 'Cloudflare account',
  token: 'API token',
  organization: 'Zero Trust organization',
  identityProvider: 'identity provider',
  connectors: 'SSO connectors',
} as const;

export function connectorCheck(emailDomain: string): string {
  return `connector of ${emailDomain}`;
}

export function judgeTokenQuery(token: QueryResult<TokenState>, now: Date): Check {
  const name = accountChecks.token;
  if (!token.ok) return notOk(name, `it cannot be used: ${messageOf(token.error)}`, remedyOf(token.error));
  const { kind, expiresAt } = token.value;
  const [problem] = judgeToken(token.value, now);
  if (problem !== undefined) return notOk(name, problem.problem, problem.remedy);
  const end = expiresAt === null ? 'does not expire' : `expires at ${expiresAt}`;
  const owner = kind === 'user' ? "a user's" : "the account's own";
  const [soon] = judgeToken(token.value, new Date(now.getTime() + defaultDeadlineSeconds * 1000));
  const next = soon === undefined ? null : 'replace it in time: a run may take 7 days';
  return ok(name, `active, ${owner}, ${end}`, next);
}

interface AccountOutcomes {
  organization: QueryResult<string | null>;
  /** Names. */
  identityProviders: QueryResult<string[]>;
  /** Those of `emailDomain`. */
  connectors: QueryResult<Connector[]>;
}

/** @param emailDomain `null`: none was given */
export function judgeAccountQueries(
  token: TokenState,
  { organization, identityProviders, connectors }: AccountOutcomes,
  emailDomain: string | null,
  now: Date,
): Check[] {
  const facts = {
    token,
    organization: organization.ok ? { name: organization.value } : { unreadable: messageOf(organization.error) },
    identityProviders: identityProviders.ok
      ? { names: identityProviders.value }
      : { unreadable: messageOf(identityProviders.error) },
    connectors: connectors.ok ? ('readable' as const) : { unreadable: messageOf(connectors.error) },
  };
  const problems = judgeAccount(facts, now);

  /** @param describe `null`: what was found is explained by an earlier check */
  function judge<Value>(name: string, outcome: QueryResult<Value>, describe: (value: Value) => string | null): Check {
    // Only a refusal of the API means that a permission is missing.
    if (!outcome.ok && !isRefusal(outcome.error)) return notOk(name, messageOf(outcome.error), remedyOf(outcome.error));
    const problem = problems.find(({ subject }) => subject === name);
    if (problem !== undefined) return notOk(name, problem.problem, problem.remedy);
    // Where an earlier problem explains this one, `judgeAccount` reports only that.
    const found = outcome.ok ? describe(outcome.value) : null;
    return found === null ? skipped(name, noOrganization) : ok(name, found);
  }

  return [
    judge(accountChecks.organization, organization, (found) => JSON.stringify(found ?? '')),
    judge(accountChecks.identityProvider, identityProviders, (names) => {
      if (names.length === 0) return null;
      const quoted = names.map((name) => JSON.stringify(name)).join(', ');
      return `${quoted}; whether anybody can sign in through it cannot be checked from here`;
    }),
    judge(
      accountChecks.connectors,
      connectors,
      () => 'the token can read them; only a run shows whether it can write them',
    ),
    ...(emailDomain === null ? [] : [judgeConnectors(emailDomain, connectors)]),
  ];
}

const noOrganization = 'it belongs to the Zero Trust organization, which does not exist or cannot be read';

function judgeConnectors(emailDomain: string, connectors: QueryResult<Connector[]>): Check {
  const name = connectorCheck(emailDomain);
  if (!connectors.ok) return skipped(name, 'the SSO connectors cannot be read');
  const read = { connectors: connectors.value, readAt: new Date(0).toISOString() };
  const decision = decideConnector(connectors.value, read, false, undefined);
  switch (decision.kind) {
    case 'create':
      return ok(name, 'there is none; a run creates it');
    case 'conflict':
      return notOk(name, decision.reason, 'an enabled one has to be disabled before it can be deleted');
    case 'use': {
      const { id, verificationStatus, enabled } = decision.connector;
      const next = enabled ? 'a run has nothing left to do' : 'a run continues with it';
      return ok(name, `${id} exists: ${verificationStatus}, ${enabled ? 'enabled' : 'not enabled'}; ${next}`);
    }
  }
}

const permissions = 'docs/getting-started.md lists the permissions that the token needs';
const unreachable = 'allow HTTPS from the worker to the API (check firewall and proxy), or correct CLOUDFLARE_BASE_URL';

const remedies: { readonly [Class in CloudflareErrorClass]?: string } = {
  'no token': 'put a token into the file that CLOUDFLARE_API_TOKEN_FILE names',
  unauthorised: `set CLOUDFLARE_API_TOKEN (or the file of CLOUDFLARE_API_TOKEN_FILE) to a token of this account; ${permissions}`,
  throttled: 'wait five minutes: the token has no requests left',
  unavailable: 'try again later; https://www.cloudflarestatus.com shows whether there is an incident',
  'malformed answer': 'find out which proxy is between the worker and the API: the answer is not from Cloudflare',
  'no success': `check the account's id; ${permissions}`,
  refused: `check the account's id; ${permissions}`,
};

/** What to do about an error of the Cloudflare client, or a query that ran out of time. */
export function remedyOf(error: unknown): string {
  return (error instanceof CloudflareError ? remedies[classOf(error)] : undefined) ?? unreachable;
}
