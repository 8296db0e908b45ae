/** Who publishes the TXT value. */
import { dnsProviderChoices } from '../contract/names/vocabulary.ts';
import { providerDefinitions, readProviderConfigs } from '../dns/providers/registry.ts';
import { declareChoice, readVariable } from '../environment/variables.ts';
import type { Environment, VariableGroup } from '../environment/variables.ts';
import { dnsServersVariables } from './dns-servers.ts';

export const defaultProvider = declareChoice({
  name: 'DNS_PROVIDER',
  meaning:
    'Who publishes the TXT value when the input of a run does not say. auto: the configured provider whose name servers serve the domain, else manual.',
  default: 'cloudflare',
  choices: dnsProviderChoices,
});

export const dnsVariables: VariableGroup = { title: 'DNS', variables: [defaultProvider, ...dnsServersVariables] };

/** A group for each provider that has variables. */
export const providerVariables: readonly VariableGroup[] = providerDefinitions.flatMap(({ name, variables }) =>
  variables.length === 0 ? [] : [{ title: `DNS provider ${name}`, variables }],
);

export function readPublishing(environment: Environment, problems: string[]) {
  const choice = readVariable(environment, defaultProvider, problems);
  return { defaultProvider: choice, providers: readProviderConfigs(environment, choice, problems) };
}
