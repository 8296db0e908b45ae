import { describe, expect, it } from 'vitest';

import { parseOrigins, parseSecrets } from '../../src/environment/webhook-secrets.ts';

const secret = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;
const long = `whsec_${Buffer.alloc(64, 7).toString('base64')}`;

describe('a file of secrets', () => {
  it('has one a line', () => {
    expect(parseSecrets(`${secret}\n\n  ${long}  \n`)).toEqual([secret, long]);
  });

  it.each([
    ['nothing', '\n', 'it contains no secret'],
    ['one that is too short', `${secret}\nwhsec_c2hvcnQ=`, 'secret 2 must be'],
    ['one that is too long', `whsec_${Buffer.alloc(65).toString('base64')}`, 'secret 1 must be'],
    ['one without its beginning', secret.slice(6), 'secret 1 must be'],
  ])('with %s is refused, and not repeated', (_name, text, message) => {
    expect(() => parseSecrets(text)).toThrow(message);
    expect(() => parseSecrets(text)).not.toThrow(secret.slice(6));
  });
});

describe('origins to call back', () => {
  it('are https, or http on this machine', () => {
    expect(parseOrigins('https://itsm.example.com, https://hr.example.com:8443/,http://127.0.0.1:3000')).toEqual([
      'https://itsm.example.com',
      'https://hr.example.com:8443',
      'http://127.0.0.1:3000',
    ]);
  });

  it.each([
    'itsm.example.com',
    'http://itsm.example.com',
    'https://itsm.example.com/hook',
    'https://a@b.example',
    '',
    '*',
  ])('refuses "%s"', (text) => {
    expect(() => parseOrigins(text)).toThrow('is not an origin such as');
  });
});
