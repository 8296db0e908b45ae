import { expect, it } from 'vitest';

import { whatDisablingMeans, whatEnablingMeans } from '../../src/messages/sign-in-change.ts';
import { domainRunTitles } from '../../src/messages/run-titles.ts';

const domain = { accountId: 'a1', emailDomain: 'example.com' };

it('enabling: everybody of the domain, in every account, through the identity provider of this one', () => {
  expect(whatEnablingMeans('example.com', 'a1')).toBe(
    'From then on everybody with an address at example.com signs in to the Cloudflare dashboard, in every account, ' +
      'through the identity provider of account a1.',
  );
});

it('disabling: everybody as before, which need not have been by a password', () => {
  expect(whatDisablingMeans('example.com')).toBe(
    'From then on everybody with an address at example.com signs in to the Cloudflare dashboard as they did before the ' +
      'connector was enabled, without this single sign-on.',
  );
});

it("Temporal's UI has the same words", () => {
  expect(domainRunTitles.onboarding(domain).staticDetails).toContain(whatEnablingMeans('example.com', 'a1'));
  expect(domainRunTitles.offboarding(domain).staticDetails).toContain(whatDisablingMeans('example.com'));
});
