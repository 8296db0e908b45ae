import { expect, test } from 'vitest';

import { dnsProviderNames } from '../../../src/contract/names/vocabulary.ts';
import { listWantedProviders, providerDefinitions } from '../../../src/dns/providers/registry.ts';

test('every provider of the contract is registered, and auto asks for a person last', () => {
  const names = providerDefinitions.map(({ name }) => name);
  expect(names.toSorted()).toEqual([...dnsProviderNames].toSorted());
  expect(names.at(-1)).toBe('manual');
});

test('a provider is wanted when it is the default, or has a variable set', () => {
  expect(listWantedProviders({}, null)).toEqual([]);
  expect(listWantedProviders({}, 'rfc2136')).toEqual(['rfc2136']);
  expect(listWantedProviders({ AWS_ACCESS_KEY_ID: 'id', RFC2136_SERVER: ' ' }, 'manual')).toEqual([
    'route53',
    'manual',
  ]);
});
