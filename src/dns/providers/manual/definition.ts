import type { ProviderDefinition } from '../../publishing/definition.ts';
import { createManualProvider } from './provider.ts';

export const manualDefinition = {
  name: 'manual',
  description: 'A person adds the value and removes it again; the status says what and where',
  variables: [],
  permissions: [],
  readConfig: () => null,
  create: (_config, { dns }) => createManualProvider(dns),
} as const satisfies ProviderDefinition<null>;
