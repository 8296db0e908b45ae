import { declareVariable } from '../../../environment/variables.ts';

const whenUnset = 'the next source of the AWS SDK: a profile, or the role of a container or an instance';

/** Read by the AWS SDK. https://docs.aws.amazon.com/sdkref/latest/guide/environment-variables.html */
export const route53Variables = [
  declareVariable({ name: 'AWS_ACCESS_KEY_ID', meaning: 'The id of the access key.', whenUnset }),
  declareVariable({ name: 'AWS_SECRET_ACCESS_KEY', meaning: 'The secret of the access key.', whenUnset, secret: true }),
  declareVariable({
    name: 'AWS_SESSION_TOKEN',
    meaning: 'The session token that belongs to a temporary access key.',
    whenUnset: 'the access key is a permanent one',
    secret: true,
  }),
];
