import { type Account, hasPermission, tokenStatus } from './account.ts';
import { ApiError, apiError, noRouteError } from './api-error.ts';
import type { ApiRoute } from './api-route.ts';
import { isId } from './identifiers.ts';
import type { Token } from './seeds.ts';

/**
 * The caller's token, if it may call this route. `accountId` is the one in the path, if any.
 *
 * @throws {ApiError} 400 for a malformed header or account id, 401 for an unknown or inactive token, 403 for another
 * account or a missing permission
 */
export function authenticate(
  account: Account,
  route: ApiRoute,
  request: { authorization: string | undefined; accountId: string | undefined; path: string },
): Token {
  const value = parseAuthorization(request.authorization);
  const isVerify = route.path.endsWith('/tokens/verify');
  const token = account.findToken(value);
  // The verify routes accept disabled and expired tokens: they report the status.
  if (token === undefined || (!isVerify && tokenStatus(token) !== 'active')) {
    // Undocumented: status 401 here, while a missing permission gets 403.
    throw isVerify ? apiError(401, 1000, 'Invalid API Token') : apiError(401, 10000, 'Authentication error');
  }
  checkAccountId(account, request.accountId, request.path);
  if (route.permission !== null && !hasPermission(token, route.permission)) {
    throw apiError(403, 10000, 'Authentication error');
  }
  return token;
}

function parseAuthorization(header: string | undefined): string {
  const value = /^Bearer ([\w.~+/=-]+)$/i.exec(header ?? '')?.[1];
  if (value !== undefined) return value;
  const cause = { code: 6111, message: 'Invalid format for Authorization header' };
  throw new ApiError(400, [{ code: 6003, message: 'Invalid request headers', error_chain: [cause] }]);
}

function checkAccountId(account: Account, accountId: string | undefined, path: string): void {
  if (accountId === undefined) return;
  if (!isId(accountId)) throw noRouteError(400, path);
  if (accountId.toLowerCase() !== account.id) throw apiError(403, 9109, 'Unauthorized to access requested resource');
}
