import { declareVariable } from '../../../environment/variables.ts';
import type { ProviderDefinition } from '../../publishing/definition.ts';
import { iamActions } from './error.ts';
import { createRoute53Provider } from './provider.ts';

const whenUnset = 'the next source of the AWS SDK: a profile, or the role of a container or an instance';

export const route53Definition = {
  name: 'route53',
  description: "A public hosted zone of the AWS account that the worker's credentials belong to",
  // Read by the AWS SDK. https://docs.aws.amazon.com/sdkref/latest/guide/environment-variables.html
  variables: [
    declareVariable({ name: 'AWS_ACCESS_KEY_ID', meaning: 'The id of the access key.', whenUnset }),
    declareVariable({
      name: 'AWS_SECRET_ACCESS_KEY',
      meaning: 'The secret of the access key.',
      whenUnset,
      secret: true,
    }),
    declareVariable({
      name: 'AWS_SESSION_TOKEN',
      meaning: 'The session token that belongs to a temporary access key.',
      whenUnset: 'the access key is a permanent one',
      secret: true,
    }),
  ],
  permissions: iamActions,
  readConfig: () => null,
  create: () => createRoute53Provider(),
} as const satisfies ProviderDefinition<null>;
