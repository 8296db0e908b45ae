import { apiError } from './api-error.ts';
import { isHostName, normaliseName } from './domain-name.ts';

/** `awaiting`: verification has not begun. `pending`: Cloudflare polls DNS for the code. */
export const verificationStatuses = ['awaiting', 'pending', 'failed', 'verified'] as const;
export type VerificationStatus = (typeof verificationStatuses)[number];

/** The part of an account that decides which connectors it can have. */
export interface ConnectorRules {
  /** The Zero Trust organization, if any. */
  organization: object | null;
  identityProviders: readonly object[];
  /** E-mail domains with an enabled connector in another account. */
  enabledElsewhere: readonly string[];
  /** Undocumented: whether a domain can have a second connector in the same account. */
  secondConnector: 'refused' | 'allowed';
}

/** What the rules need to know of a connector. */
interface ConnectorState {
  readonly emailDomain: string;
  readonly enabled: boolean;
  readonly status: VerificationStatus;
}

const publicMailDomains = new Set([
  'gmail.com',
  'googlemail.com',
  'outlook.com',
  'hotmail.com',
  'yahoo.com',
  'icloud.com',
]);

/**
 * Checks that the account can create a connector for a domain. Cloudflare documents the rules, apart from
 * `secondConnector`, but not the codes of the errors, nor whether their status is 400 or 409.
 *
 * @throws {ApiError} 400 when the domain or the account is not eligible, 409 when the domain has a connector
 */
export function checkNewConnector(
  emailDomain: string,
  rules: ConnectorRules,
  connectors: readonly ConnectorState[],
): void {
  const domain = normaliseName(emailDomain);
  if (!isHostName(domain) || !domain.includes('.')) {
    throw apiError(400, 1001, 'email_domain is not a domain name', '/email_domain');
  }
  // Undocumented: the full list of refused domains. Cloudflare names public mail providers and `.edu` as examples.
  if (publicMailDomains.has(domain) || domain.endsWith('.edu')) {
    throw apiError(400, 1002, `SSO is not available for ${domain}`, '/email_domain');
  }
  if (rules.organization === null) throw apiError(400, 9999, 'access.api.error.not_enabled');
  if (rules.identityProviders.length === 0) throw apiError(400, 1004, 'No identity provider is configured');
  if (rules.secondConnector === 'allowed') return;
  if (connectors.some((connector) => normaliseName(connector.emailDomain) === domain)) {
    throw apiError(409, 1005, `An SSO connector for ${domain} already exists`, '/email_domain');
  }
}

/**
 * Checks that a connector can be enabled. Cloudflare documents the rules, but not the codes and statuses of the errors.
 *
 * @throws {ApiError} 400 when it is not verified, 409 when another connector is enabled for its domain
 */
export function checkEnabling(
  connector: ConnectorState,
  rules: ConnectorRules,
  connectors: readonly ConnectorState[],
): void {
  if (connector.status !== 'verified') {
    throw apiError(400, 1006, 'The domain must be verified before SSO can be enabled', '/enabled');
  }
  const domain = normaliseName(connector.emailDomain);
  const isEnabledElsewhere = rules.enabledElsewhere.map(normaliseName).includes(domain);
  const isEnabledHere = connectors.some((other) => other.enabled && normaliseName(other.emailDomain) === domain);
  if (isEnabledElsewhere || isEnabledHere) {
    throw apiError(409, 1007, `Another SSO connector is enabled for ${domain}`, '/enabled');
  }
}
