import { randomBytes } from 'node:crypto';
import { refusal } from './api-error.ts';
import { isHostName, normalizeName } from './domain-name.ts';
import { newId, timestamp } from './identifiers.ts';

export type VerificationStatus = 'awaiting' | 'pending' | 'failed' | 'verified';

/** A connector; times are ISO 8601. */
export interface Connector {
  readonly id: string;
  readonly createdOn: string;
  updatedOn: string;
  readonly emailDomain: string;
  enabled: boolean;
  useFedrampLanguage: boolean;
  code: string;
  status: VerificationStatus;
  /** How often verification was begun: tells one wait of the verifier from the next. */
  verificationRun: number;
}

/** What the account says about its connectors. */
export interface ConnectorRules {
  organization: object | null;
  identityProviders: readonly object[];
  enabledElsewhere: readonly string[];
  secondConnector: 'refused' | 'allowed';
}

const publicMailDomains = new Set([
  'gmail.com',
  'googlemail.com',
  'outlook.com',
  'hotmail.com',
  'yahoo.com',
  'icloud.com',
]);

/** The account's SSO connectors and the rules they keep. Refusals are `ApiError`s. */
export class Connectors {
  readonly #rules: ConnectorRules;
  readonly #connectors = new Map<string, Connector>();
  #begun: (connector: Connector) => void = () => {};

  constructor(rules: ConnectorRules) {
    this.#rules = rules;
  }

  /** Calls back each time a connector's verification begins. */
  onVerificationBegun(listener: (connector: Connector) => void): void {
    this.#begun = listener;
  }

  list(): Connector[] {
    return [...this.#connectors.values()];
  }

  /** Whether this very connector is still there. */
  has(connector: Connector): boolean {
    return this.#connectors.get(connector.id) === connector;
  }

  get(id: string): Connector {
    const connector = this.#connectors.get(id);
    // Undocumented: the code of this refusal.
    if (connector === undefined) throw refusal(404, 1003, 'SSO connector not found');
    return connector;
  }

  create(fields: { emailDomain: string; beginVerification: boolean; useFedrampLanguage: boolean }): Connector {
    this.#checkNew(normalizeName(fields.emailDomain));
    const now = timestamp();
    const connector: Connector = {
      id: newId(),
      createdOn: now,
      updatedOn: now,
      // Undocumented: whether the domain is kept as it was written.
      emailDomain: fields.emailDomain,
      enabled: false,
      useFedrampLanguage: fields.useFedrampLanguage,
      code: `cloudflare_dashboard_sso=${randomBytes(30).toString('base64url')}`,
      status: 'awaiting',
      verificationRun: 0,
    };
    this.#connectors.set(connector.id, connector);
    if (fields.beginVerification) this.beginVerification(connector.id);
    return connector;
  }

  update(id: string, fields: { enabled?: boolean | undefined; useFedrampLanguage?: boolean | undefined }): Connector {
    const connector = this.get(id);
    if (fields.enabled === true && !connector.enabled) this.#checkEnabling(connector);
    return this.change(id, fields);
  }

  /** Starts the verifier's clock. */
  beginVerification(id: string): void {
    const connector = this.get(id);
    // Undocumented: a verified connector stays as it is; any other starts anew, with the code it has.
    if (connector.status === 'verified') return;
    this.change(id, { status: 'pending' });
  }

  remove(id: string): void {
    // Undocumented: the status and code of this refusal.
    if (this.get(id).enabled) throw refusal(409, 1009, 'Disable the SSO connector before deleting it');
    this.#connectors.delete(id);
  }

  /** Changes a connector without any rule in the way. Setting `pending` begins verification. */
  change(
    id: string,
    fields: { [K in 'enabled' | 'useFedrampLanguage' | 'code' | 'status']?: Connector[K] | undefined },
  ): Connector {
    const connector = this.get(id);
    connector.enabled = fields.enabled ?? connector.enabled;
    connector.useFedrampLanguage = fields.useFedrampLanguage ?? connector.useFedrampLanguage;
    connector.code = fields.code ?? connector.code;
    connector.status = fields.status ?? connector.status;
    connector.updatedOn = timestamp();
    if (fields.status === 'pending') {
      connector.verificationRun += 1;
      this.#begun(connector);
    }
    return connector;
  }

  #checkNew(domain: string): void {
    // Undocumented: the codes, and which of the statuses, of all refusals in this method.
    if (!isHostName(domain) || !domain.includes('.')) {
      throw refusal(400, 1001, 'email_domain is not a domain name', '/email_domain');
    }
    if (publicMailDomains.has(domain) || domain.endsWith('.edu')) {
      throw refusal(400, 1002, `SSO is not available for ${domain}`, '/email_domain');
    }
    if (this.#rules.organization === null) throw refusal(400, 9999, 'access.api.error.not_enabled');
    if (this.#rules.identityProviders.length === 0) throw refusal(400, 1004, 'No identity provider is configured');
    if (this.#rules.secondConnector === 'allowed') return;
    if (this.list().some((connector) => normalizeName(connector.emailDomain) === domain)) {
      throw refusal(409, 1005, `An SSO connector for ${domain} exists already`, '/email_domain');
    }
  }

  #checkEnabling(connector: Connector): void {
    // Undocumented: the codes and statuses of both refusals.
    if (connector.status !== 'verified') {
      throw refusal(400, 1006, 'The domain must be verified before SSO can be enabled', '/enabled');
    }
    const domain = normalizeName(connector.emailDomain);
    const elsewhere = this.#rules.enabledElsewhere.map(normalizeName).includes(domain);
    const twin = this.list().some((other) => other.enabled && normalizeName(other.emailDomain) === domain);
    if (elsewhere || twin) throw refusal(409, 1007, `Another SSO connector is enabled for ${domain}`, '/enabled');
  }
}
