/** Reads that show whether an account is ready. */
import { z } from 'zod';

import type { CallOptions, Client } from './client.ts';
import { CloudflareError } from './cloudflare-error.ts';

export interface TokenState {
  /** A user's token or the account's own. */
  kind: 'user' | 'account';
  /** `active`, `disabled` or `expired`. */
  status: string;
  /** ISO 8601. */
  expiresAt: string | null;
  notBefore: string | null;
}

const tokenFields = z.object({
  status: z.string(),
  expires_on: z.string().nullish(),
  not_before: z.string().nullish(),
});

const organizationFields = z.looseObject({ name: z.string().nullish(), auth_domain: z.string().nullish() }).nullish();
const identityProviderFields = z.object({ name: z.string().catch(''), type: z.string().catch('') });

/** "access.api.error.not_enabled": the account has no Zero Trust organization. */
const accessNotEnabled = 9999;

export function createPreflight(client: Client) {
  async function verify(kind: TokenState['kind'], path: string, options: CallOptions): Promise<TokenState> {
    const token = await client.call({ method: 'GET', path }, tokenFields, options);
    return { kind, status: token.status, expiresAt: token.expires_on ?? null, notBefore: token.not_before ?? null };
  }

  return {
    /**
     * `GET /user/tokens/verify`, then `GET /accounts/{id}/tokens/verify`: the first refuses tokens that belong to an account.
     * Neither reports the token's permissions. When both refuse, throws the second refusal.
     * https://developers.cloudflare.com/api/resources/user/subresources/tokens/methods/verify/
     */
    async verifyToken(accountId: string, options: CallOptions): Promise<TokenState> {
      try {
        return await verify('user', 'user/tokens/verify', options);
      } catch (error) {
        if (!isRefusedToken(error)) throw error;
        return await verify('account', `accounts/${accountId}/tokens/verify`, options);
      }
    },

    /** Name of the account's Zero Trust organization; `null` when it has none. */
    async findOrganization(accountId: string, options: CallOptions): Promise<string | null> {
      try {
        const path = `accounts/${accountId}/access/organizations`;
        const organization = await client.call({ method: 'GET', path }, organizationFields, options);
        return organization?.name ?? organization?.auth_domain ?? null;
      } catch (error) {
        if (error instanceof CloudflareError && (error.codes.includes(accessNotEnabled) || error.isNotFound))
          return null;
        throw error;
      }
    },

    /** The organization's identity providers. */
    async listIdentityProviders(accountId: string, options: CallOptions): Promise<{ name: string; type: string }[]> {
      const path = `accounts/${accountId}/access/identity_providers`;
      return await client.listAll(path, {}, identityProviderFields, options);
    },
  };
}

/** Whether the token may still be accepted on the account's path. */
function isRefusedToken(error: unknown): boolean {
  return error instanceof CloudflareError && error.kind === 'refused' && [400, 401, 403].includes(error.status ?? 0);
}
