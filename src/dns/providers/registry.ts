/** Every way to publish a TXT value. */
import type { DnsProviderChoice, DnsProviderName } from '../../contract/names/vocabulary.ts';
import { isSet } from '../../environment/variables.ts';
import type { Environment } from '../../environment/variables.ts';
import type { ProviderDefinition, ProviderDependencies } from '../publishing/definition.ts';
import type { Finding, ProviderCallOptions, TxtRecordProvider } from '../publishing/provider.ts';
import { cloudflareDefinition } from './cloudflare/definition.ts';
import { manualDefinition } from './manual/definition.ts';
import { rfc2136Definition } from './rfc2136/definition.ts';
import { route53Definition } from './route53/definition.ts';

/**
 * In the order in which `auto` asks them. A new provider needs a folder, a name in the contract's vocabulary and a line
 * here. The name without the line does not compile, nor the line without the name.
 */
const registered = {
  cloudflare: cloudflareDefinition,
  route53: route53Definition,
  rfc2136: rfc2136Definition,
  manual: manualDefinition,
} satisfies { [Name in DnsProviderName]: { name: Name } };

/** What the environment says of each provider. */
type ProviderConfigs = {
  [Name in DnsProviderName]: ReturnType<(typeof registered)[Name]['readConfig']>;
};

const definitions: { [Name in DnsProviderName]: ProviderDefinition<ProviderConfigs[Name]> } = registered;

/** What each provider declares of itself, in the order in which `auto` asks them. */
export const providerDefinitions: readonly Omit<ProviderDefinition<never>, 'readConfig'>[] = Object.values(definitions);

const names = Object.values(definitions).map(({ name }) => name);

/** What is wrong with their variables is added to `problems`. */
export function readProviderConfigs(
  environment: Environment,
  choice: DnsProviderChoice,
  problems: string[],
): ProviderConfigs {
  const configs = names.map((name) => [name, definitions[name].readConfig(environment, choice === name, problems)]);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- `fromEntries` loses which value belongs to which key
  return Object.fromEntries(configs) as ProviderConfigs;
}

/** In the order in which `auto` asks them. */
export function createProviders(
  configs: ProviderConfigs,
  dependencies: ProviderDependencies,
): ReadonlyMap<DnsProviderName, TxtRecordProvider> {
  return new Map(names.map((name) => createProvider(name, configs, dependencies)));
}

function createProvider<Name extends DnsProviderName>(
  name: Name,
  configs: ProviderConfigs,
  dependencies: ProviderDependencies,
): [Name, TxtRecordProvider] {
  return [name, definitions[name].create(configs[name], dependencies)];
}

/** The providers that the environment asks for, well configured or not: the default, and those with a variable set. */
export function listWantedProviders(environment: Environment, choice: string | null): DnsProviderName[] {
  return names.filter(
    (name) => name === choice || definitions[name].variables.some((variable) => isSet(environment, variable)),
  );
}

/** Those whose `readConfig` returned a configuration. */
export function listConfiguredProviders(configs: ProviderConfigs): DnsProviderName[] {
  return names.filter((name) => configs[name] !== null);
}

/** Whether this machine has what these providers need: one finding for each that needs anything. */
export async function checkMachine(
  wanted: readonly DnsProviderName[],
  options: ProviderCallOptions,
): Promise<Finding[]> {
  const checks = wanted.map(async (name) => (await definitions[name].checkMachine?.(options)) ?? []);
  return (await Promise.all(checks)).flat();
}
