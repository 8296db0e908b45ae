import { type Account, may, statusOf } from './account.ts';
import { ApiError, noRoute, refusal } from './api-error.ts';
import type { ApiRoute } from './api-route.ts';
import { isId } from './identifiers.ts';
import type { Token } from './seeds.ts';

/** Finds the caller's token and checks that it may make this call. Throws an `ApiError` when not. */
export function authenticate(
  account: Account,
  route: ApiRoute,
  request: { authorization: string | undefined; accountId: string | undefined; path: string },
): Token {
  const value = parseAuthorization(request.authorization);
  const isVerify = route.path.endsWith('/tokens/verify');
  const token = account.findToken(value);
  // A token that is disabled or expired is still told so where tokens are verified.
  if (token === undefined || (!isVerify && statusOf(token) !== 'active')) {
    // Undocumented: 401, where a token that lacks a permission gets 403.
    throw isVerify ? refusal(401, 1000, 'Invalid API Token') : refusal(401, 10000, 'Authentication error');
  }
  checkAccount(account, request.accountId, request.path);
  if (route.permission !== null && !may(token, route.permission)) throw refusal(403, 10000, 'Authentication error');
  return token;
}

function parseAuthorization(header: string | undefined): string {
  const value = /^Bearer ([\w.~+/=-]+)$/i.exec(header ?? '')?.[1];
  if (value !== undefined) return value;
  const cause = { code: 6111, message: 'Invalid format for Authorization header' };
  throw new ApiError(400, [{ code: 6003, message: 'Invalid request headers', error_chain: [cause] }]);
}

function checkAccount(account: Account, accountId: string | undefined, path: string): void {
  if (accountId === undefined) return;
  if (!isId(accountId)) throw noRoute(400, path);
  if (accountId.toLowerCase() !== account.id) throw refusal(403, 9109, 'Unauthorized to access requested resource');
}
