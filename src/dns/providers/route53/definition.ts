import type { ProviderDefinition } from '../../publishing/definition.ts';
import { iamActions } from './error.ts';
import { createRoute53Provider } from './provider.ts';
import { route53Variables } from './variables.ts';

export const route53Definition = {
  name: 'route53',
  description: "A public hosted zone of the AWS account that the worker's credentials belong to",
  variables: route53Variables,
  permissions: iamActions,
  readConfig: () => null,
  create: () => createRoute53Provider(),
} as const satisfies ProviderDefinition<null>;
