import type { ProviderDefinition } from '../../publishing/definition.ts';
import { createCloudflareProvider } from './provider.ts';

export const cloudflareDefinition = {
  name: 'cloudflare',
  description: "A zone of the same Cloudflare account, changed with the worker's API token",
  variables: [],
  permissions: ['Zone: Read', 'DNS: Edit'],
  readConfig: () => null,
  create: (_config, { cloudflare }) => createCloudflareProvider(cloudflare),
} as const satisfies ProviderDefinition<null>;
