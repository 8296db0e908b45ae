import type { ConnectorRules } from './connector-rules.ts';
import { Connectors } from './connectors.ts';
import { deriveId } from './identifiers.ts';
import type { AccountPatch, Permission, Token } from './seeds.ts';
import { permissions } from './seeds.ts';
import { Zones } from './zones.ts';

/** The account's Zero Trust organization. */
export interface Organization {
  name: string;
  authDomain: string;
}

/** An identity provider of the Zero Trust organization; `type` as Cloudflare writes it, such as `azureAD`. */
export interface IdentityProvider {
  id: string;
  name: string;
  type: string;
}

/** A Cloudflare account: the state that the API, the name servers and the verifier share. */
export class Account implements ConnectorRules {
  readonly id: string;
  readonly name = 'Example Ltd';
  organization: Organization | null = { name: 'Example Ltd', authDomain: 'example-ltd.cloudflareaccess.com' };
  identityProviders: IdentityProvider[] = [identityProvider({ name: 'Example Entra ID', type: 'azureAD' })];
  enabledElsewhere: readonly string[] = [];
  secondConnector: 'refused' | 'allowed' = 'refused';
  tokens: readonly Token[] = [];
  readonly connectors: Connectors;
  readonly zones: Zones;

  /** @param id 32 lower-case hexadecimal characters */
  constructor(id: string) {
    this.id = id;
    this.connectors = new Connectors(this);
    this.zones = new Zones(id);
  }

  /**
   * Changes the account without an API call.
   *
   * @throws {ApiError} (400) when a zone's record is invalid
   */
  patch(patch: AccountPatch): void {
    for (const seed of patch.zones ?? []) this.zones.put(seed);
    this.tokens = patch.tokens ?? this.tokens;
    if (patch.organization !== undefined) this.organization = patch.organization;
    this.identityProviders = patch.identityProviders?.map(identityProvider) ?? this.identityProviders;
    this.enabledElsewhere = patch.enabledElsewhere ?? this.enabledElsewhere;
    this.secondConnector = patch.secondConnector ?? this.secondConnector;
  }

  findToken(value: string): Token | undefined {
    return this.tokens.find((token) => token.value === value);
  }
}

/** A token's current status: an active token becomes `expired` at `expiresOn`. */
export function tokenStatus(token: Token): Token['status'] {
  const isPast = token.expiresOn !== undefined && Date.parse(token.expiresOn) <= Date.now();
  return token.status === 'active' && isPast ? 'expired' : token.status;
}

/** A token without a list of permissions has all of them. */
export function hasPermission(token: Token, permission: Permission): boolean {
  return (token.permissions ?? permissions).includes(permission);
}

function identityProvider(fields: { name: string; type: string }): IdentityProvider {
  return { id: deriveId(`identity provider ${fields.name} ${fields.type}`), ...fields };
}
