/** Options that every command about an onboarding has. */
export interface CommonOptions {
  /** The Cloudflare account id. */
  account?: string;
  json?: boolean;
}
