import type { Problem } from '../contract/schemas/parse.ts';

/** What is known of the account before anything is written. `unreadable` says why a value could not be read. */
export interface AccountFacts {
  token: { status: string; expiresAt: string | null; notBefore: string | null };
  organization: { name: string | null } | { unreadable: string };
  identityProviders: { names: string[] } | { unreadable: string };
  connectors: 'readable' | { unreadable: string };
}

/** Every problem of the account that would stop an onboarding; empty when it is ready. */
export function judgeAccount(facts: AccountFacts, now: Date): Problem[] {
  return [
    ...judgeToken(facts.token, now),
    ...judgeOrganization(facts.organization),
    ...judgeIdentityProviders(facts),
    ...(facts.connectors === 'readable'
      ? []
      : [missingPermission('SSO connectors', facts.connectors.unreadable, 'SSO Connector: Edit')]),
  ];
}

/** Where the API rejects the token. */
export const tokenRemedy =
  "check the worker's CLOUDFLARE_API_TOKEN (or the file it names): docs/getting-started.md lists the permissions it needs";
export const zoneTokenRemedy = 'give the API token the permissions "Zone: Read" and "DNS: Edit" on this zone';

/** What is wrong with the token at `now`. Its permissions are not known. */
export function judgeToken({ status, expiresAt, notBefore }: AccountFacts['token'], now: Date): Problem[] {
  const remedy = 'create a new API token (docs/getting-started.md lists its permissions) and give it to the worker';
  const problem = (text: string): Problem[] => [{ subject: 'API token', problem: text, remedy }];
  if (status !== 'active') return problem(`Cloudflare reports the token as ${status}`);
  if (expiresAt !== null && Date.parse(expiresAt) <= now.getTime()) return problem(`the token expires at ${expiresAt}`);
  if (notBefore !== null && Date.parse(notBefore) > now.getTime())
    return problem(`the token is not valid before ${notBefore}`);
  return [];
}

function judgeOrganization(organization: AccountFacts['organization']): Problem[] {
  const subject = 'Zero Trust organization';
  if ('unreadable' in organization) return [missingPermission(subject, organization.unreadable, accessRead)];
  if (organization.name !== null) return [];
  return [
    {
      subject,
      problem: 'the account has no Zero Trust organization',
      remedy: 'create one in the Cloudflare dashboard under Zero Trust; dashboard SSO needs it',
    },
  ];
}

function judgeIdentityProviders({ organization, identityProviders }: AccountFacts): Problem[] {
  const subject = 'identity provider';
  // Without an organization there is nothing to read, and one problem is enough.
  if ('name' in organization && organization.name === null) return [];
  if ('unreadable' in identityProviders) {
    if ('unreadable' in organization) return [];
    return [missingPermission(subject, identityProviders.unreadable, accessRead)];
  }
  if (identityProviders.names.length > 0) return [];
  return [
    {
      subject,
      problem: 'the Zero Trust organization has no identity provider',
      remedy: 'add one under Zero Trust → Settings → Authentication and test it; without one nobody could sign in',
    },
  ];
}

const accessRead = 'Access: Organizations, Identity Providers, and Groups Read';

function missingPermission(subject: string, refusal: string, permission: string): Problem {
  return {
    subject,
    problem: `could not be read: ${refusal}`,
    remedy: `give the API token the permission "${permission}" on this account`,
  };
}
