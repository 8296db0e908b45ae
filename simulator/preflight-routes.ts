import { type Account, tokenStatus } from './account.ts';
import { apiError } from './api-error.ts';
import type { ApiCall, ApiRoute } from './api-route.ts';
import { pageResponse, successResponse } from './envelope.ts';
import { deriveId } from './identifiers.ts';
import type { Token } from './seeds.ts';

/** `per_page` of Access lists. */
const accessPageLimits = { default: 25, max: 1000 };

/**
 * The reads that show whether an account is ready for SSO: token verification and Zero Trust.
 * https://developers.cloudflare.com/api/resources/zero_trust/
 */
export function preflightRoutes(account: Account): ApiRoute[] {
  const permission = 'access:read';
  return [
    verifyRoute('/user/tokens/verify', 'user'),
    verifyRoute('/accounts/:account_id/tokens/verify', 'account'),
    {
      method: 'GET',
      path: '/accounts/:account_id/access/organizations',
      permission,
      handle() {
        const { name, authDomain } = getOrganization(account);
        return successResponse({ name, auth_domain: authDomain });
      },
    },
    {
      method: 'GET',
      path: '/accounts/:account_id/access/identity_providers',
      permission,
      handle({ query }) {
        getOrganization(account);
        return pageResponse(account.identityProviders, query, accessPageLimits);
      },
    },
    {
      method: 'GET',
      path: '/accounts/:account_id/access/apps',
      // Not Cloudflare's rule: one permission for all Access reads, applications included.
      permission,
      handle({ query }) {
        getOrganization(account);
        return pageResponse(listApplications(account), query, accessPageLimits);
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
      // Undocumented: a user token on the account route. Here it gets the error of an account token on the user route.
      if (token.kind !== kind) throw apiError(401, 1000, 'Invalid API Token');
      const status = tokenStatus(token);
      const expiry = token.expiresOn === undefined ? {} : { expires_on: token.expiresOn };
      const response = successResponse({ id: deriveId(`token ${token.value}`), status, ...expiry });
      // Undocumented: whether a token that is not active gets a message too. Here it does not.
      if (status !== 'active') return response;
      const message = 'This API Token is valid and active';
      return { ...response, body: { ...response.body, messages: [{ code: 10000, message, type: null }] } };
    },
  };
}

/** @throws {ApiError} (404) when the account has no Zero Trust organization */
function getOrganization({ organization }: Account) {
  // Undocumented: the status of this error.
  if (organization === null) throw apiError(404, 9999, 'access.api.error.not_enabled');
  return organization;
}

function listApplications({ connectors }: Account) {
  // Undocumented: when the `dash_sso` application exists. Here it does while a connector is enabled.
  if (!connectors.list().some((connector) => connector.enabled)) return [];
  return [{ id: deriveId('application dash_sso'), name: 'SSO App', type: 'dash_sso' }];
}
