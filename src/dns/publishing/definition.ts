/** What each DNS provider declares of itself. */
import type { Cloudflare } from '../../cloudflare/cloudflare.ts';
import type { DnsProviderName } from '../../contract/names/vocabulary.ts';
import type { Environment, Variable } from '../../environment/variables.ts';
import type { Dns } from '../dns.ts';
import type { Finding, ProviderCallOptions, TxtRecordProvider } from './provider.ts';

/** What the worker has for every provider. */
export interface ProviderDependencies {
  cloudflare: Cloudflare;
  dns: Dns;
}

export interface ProviderDefinition<Config> {
  name: DnsProviderName;
  /** One line, for the documentation. */
  description: string;
  /** The variables that it is configured by, read here or by a library. */
  variables: readonly Variable[];
  /** What its credentials have to allow. */
  permissions: readonly string[];
  /**
   * Adds what is wrong with its variables to `problems`.
   * @param isDefault whether `DNS_PROVIDER` names it
   */
  readConfig: (environment: Environment, isDefault: boolean, problems: string[]) => Config;
  create: (config: Config, dependencies: ProviderDependencies) => TxtRecordProvider;
  /** Whether this machine has what it needs, for the worker's start and for `doctor`. Left out: it needs nothing. */
  checkMachine?: (options: ProviderCallOptions) => Promise<Finding>;
}
