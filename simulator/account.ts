import { type ConnectorRules, Connectors } from './connectors.ts';
import { idOf } from './identifiers.ts';
import type { AccountPatch, Permission, Token } from './seeds.ts';
import { permissions } from './seeds.ts';
import { Zones } from './zones.ts';

export interface Organization {
  name: string;
  authDomain: string;
}

export interface IdentityProvider {
  id: string;
  name: string;
  type: string;
}

/** A Cloudflare account: the state behind the API, the name servers and the verifier. */
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

  constructor(id: string) {
    this.id = id;
    this.connectors = new Connectors(this);
    this.zones = new Zones(id);
  }

  /** Changes the account from outside its API. Throws an `ApiError` for a zone's record that cannot be. */
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

/** A token's status at this moment. */
export function statusOf(token: Token): Token['status'] {
  const isPast = token.expiresOn !== undefined && Date.parse(token.expiresOn) <= Date.now();
  return token.status === 'active' && isPast ? 'expired' : token.status;
}

export function may(token: Token, permission: Permission): boolean {
  return (token.permissions ?? permissions).includes(permission);
}

function identityProvider(fields: { name: string; type: string }): IdentityProvider {
  return { id: idOf(`identity provider ${fields.name} ${fields.type}`), ...fields };
}
