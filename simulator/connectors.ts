import { randomBytes } from 'node:crypto';
import { apiError } from './api-error.ts';
import { checkEnabling, checkNewConnector, type ConnectorRules, type VerificationStatus } from './connector-rules.ts';
import { newId, timestamp } from './identifiers.ts';

/** An SSO connector; times are ISO 8601. */
export interface Connector {
  readonly id: string;
  readonly createdOn: string;
  updatedOn: string;
  readonly emailDomain: string;
  enabled: boolean;
  useFedrampLanguage: boolean;
  code: string;
  status: VerificationStatus;
  /** How many times verification has begun. The verifier stops polling for an earlier time. */
  verificationRun: number;
}

/**
 * The account's SSO connectors.
 * https://developers.cloudflare.com/api/resources/iam/subresources/sso/
 */
export class Connectors {
  readonly #rules: ConnectorRules;
  readonly #connectors = new Map<string, Connector>();
  #onBegun: (connector: Connector) => void = () => {};

  constructor(rules: ConnectorRules) {
    this.#rules = rules;
  }

  /** Sets the one listener that is called each time a connector's verification begins. */
  onVerificationBegun(listener: (connector: Connector) => void): void {
    this.#onBegun = listener;
  }

  list(): Connector[] {
    return [...this.#connectors.values()];
  }

  /** Whether this connector still exists. */
  has(connector: Connector): boolean {
    return this.#connectors.get(connector.id) === connector;
  }

  /** @throws {ApiError} (404) when no connector has this id */
  get(id: string): Connector {
    const connector = this.#connectors.get(id);
    // Undocumented: the code of this error.
    if (connector === undefined) throw apiError(404, 1003, 'SSO connector not found');
    return connector;
  }

  /** @throws {ApiError} as `checkNewConnector` does */
  create(fields: { emailDomain: string; beginVerification: boolean; useFedrampLanguage: boolean }): Connector {
    checkNewConnector(fields.emailDomain, this.#rules, this.list());
    const now = timestamp();
    const connector: Connector = {
      id: newId(),
      createdOn: now,
      updatedOn: now,
      // Undocumented: whether the domain is stored as sent. Here it is.
      emailDomain: fields.emailDomain,
      enabled: false,
      useFedrampLanguage: fields.useFedrampLanguage,
      // Undocumented: what follows the prefix. Cloudflare's sample has 32 hexadecimal digits; here it is base64url.
      code: `cloudflare_dashboard_sso=${randomBytes(30).toString('base64url')}`,
      status: 'awaiting',
      verificationRun: 0,
    };
    this.#connectors.set(connector.id, connector);
    if (fields.beginVerification) this.beginVerification(connector.id);
    return connector;
  }

  /** @throws {ApiError} 404 when no connector has this id; as `checkEnabling` does when it is to be enabled */
  update(id: string, fields: { enabled?: boolean | undefined; useFedrampLanguage?: boolean | undefined }): Connector {
    const connector = this.get(id);
    if (fields.enabled === true && !connector.enabled) checkEnabling(connector, this.#rules, this.list());
    return this.change(id, fields);
  }

  /** @throws {ApiError} (404) when no connector has this id */
  beginVerification(id: string): void {
    const connector = this.get(id);
    // Undocumented: what this does in each status, whether the code changes, and whether a missing TXT record is an
    // error. Here a verified connector stays verified, and any other becomes pending with a new time limit and the same
    // code, whatever is in DNS.
    if (connector.status === 'verified') return;
    this.change(id, { status: 'pending' });
  }

  /** @throws {ApiError} 404 when no connector has this id, 409 when it is enabled */
  remove(id: string): void {
    // Undocumented: the status and code of this error. The rule itself is documented.
    if (this.get(id).enabled) throw apiError(409, 1009, 'Disable the SSO connector before deleting it');
    this.#connectors.delete(id);
  }

  /**
   * Changes a connector without checking any rule. Setting the status to `pending` begins verification.
   *
   * @throws {ApiError} (404) when no connector has this id
   */
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
      this.#onBegun(connector);
    }
    return connector;
  }
}
