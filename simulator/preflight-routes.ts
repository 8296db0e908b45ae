import { type Account, statusOf } from './account.ts';
import { refusal } from './api-error.ts';
import type { ApiCall, ApiRoute } from './api-route.ts';
import { answer, answerPage } from './envelope.ts';
import { idOf } from './identifiers.ts';
import type { Token } from './seeds.ts';

/** Reads that tell whether an account is ready for SSO: its tokens, and what Zero Trust needs. */
export function preflightRoutes(account: Account): ApiRoute[] {
  const permission = 'access:read';
  return [
    verifyRoute('/user/tokens/verify', 'user'),
    verifyRoute('/accounts/:account_id/tokens/verify', 'account'),
    {
      method: 'GET',
      path: '/accounts/:account_id/access/organizations',
      permission,
      handle: () => answer(organizationToJson(account)),
    },
    {
      method: 'GET',
      path: '/accounts/:account_id/access/identity_providers',
      permission,
      handle({ query }) {
        organizationToJson(account);
        return answerPage(account.identityProviders, query, { default: 25, max: 1000 });
      },
    },
    {
      method: 'GET',
      path: '/accounts/:account_id/access/apps',
      // Undocumented here: reading applications asks for no other permission than the rest of Access.
      permission,
      handle({ query }) {
        organizationToJson(account);
        return answerPage(applications(account), query, { default: 25, max: 1000 });
      },
    },
  ];
}

/** https://developers.cloudflare.com/api/resources/user/subresources/tokens/methods/verify/ */
function verifyRoute(path: string, kind: Token['kind']): ApiRoute {
  return {
    method: 'GET',
    path,
    permission: null,
    handle({ token }: ApiCall) {
      // Undocumented: a user's token at the account's address is refused like the other way round.
      if (token.kind !== kind) throw refusal(401, 1000, 'Invalid API Token');
      const status = statusOf(token);
      const expiry = token.expiresOn === undefined ? {} : { expires_on: token.expiresOn };
      const { body } = answer({ id: idOf(`token ${token.value}`), status, ...expiry });
      // Undocumented: that only an active token is told so in words.
      if (status !== 'active') return { status: 200, body };
      const message = 'This API Token is valid and active';
      return { status: 200, body: { ...body, messages: [{ code: 10000, message, type: null }] } };
    },
  };
}

function organizationToJson({ organization }: Account) {
  // Undocumented: the status of this refusal.
  if (organization === null) throw refusal(404, 9999, 'access.api.error.not_enabled');
  return { name: organization.name, auth_domain: organization.authDomain };
}

function applications({ connectors }: Account) {
  // Undocumented: when the application appears. Here it is there while any connector is enabled.
  if (!connectors.list().some((connector) => connector.enabled)) return [];
  return [{ id: idOf('application dash_sso'), name: 'SSO App', type: 'dash_sso' }];
}
