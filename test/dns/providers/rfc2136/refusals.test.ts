import { expect, test } from 'vitest';

import { explainRefusal } from '../../../../src/dns/providers/rfc2136/refusals.ts';

const update = { primary: { address: '192.0.2.1', port: 53 }, zone: 'example.test', name: 'www.example.test' };

// What nsupdate of BIND 9.18 says; servers that are made to say the rest are hard to come by, a wrong clock above all.
test.each([
  ['update failed: REFUSED', 'unauthorised', 'at www.example.test (REFUSED)'],
  ['; TSIG error with server: tsig indicates error\nupdate failed: NOTAUTH(BADKEY)', 'unauthorised', '(BADKEY)'],
  ['; TSIG error with server: tsig indicates error\nupdate failed: NOTAUTH(BADSIG)', 'unauthorised', '(BADSIG)'],
  ['; TSIG error with server: clocks are unsynchronized\nupdate failed: NOTAUTH(BADTIME)', 'unauthorised', 'clock'],
  ['; TSIG error with server: tsig verify failure', 'unavailable', 'did not sign'],
  ['could not read key from /a.{private,key}: not found\nupdate failed: REFUSED', 'unauthorised', 'cannot be used'],
  ['update failed: NOTAUTH', 'refused', 'not the primary of example.test'],
  ['update failed: NOTZONE', 'refused', 'does not hold www.example.test in example.test'],
  ['update failed: YXRRSET', 'refused', 'a CNAME at www.example.test'],
  ['update failed: NOTIMP', 'refused', 'does not support updates'],
  ['update failed: FORMERR', 'refused', 'does not understand'],
  ['update failed: SERVFAIL', 'unavailable', 'SERVFAIL'],
  ['update failed: NXRRSET', 'unavailable', 'answered NXRRSET'],
  ['; Communication with 192.0.2.1#53 failed: timed out', 'unavailable', '(timed out)'],
  ['; Communication with 192.0.2.1#53 failed: operation canceled', 'unavailable', '(no connection)'],
  ['response to GSS-TSIG query was unsuccessful (REFUSED)', 'unauthorised', 'accepts: (REFUSED)'],
  ['tkey query failed: GSSAPI error: Major = a, Minor = b.', 'unauthorised', 'accepts: GSSAPI error: Major = a'],
  ['', 'unavailable', 'gave no reason'],
])('%j comes to: %s, %s', (said, kind, words) => {
  const error = explainRefusal(`${said}\n`, update);
  expect(error.kind).toBe(kind);
  expect(error.message).toContain('the primary 192.0.2.1:53 ');
  expect(error.message).toContain(words);
  expect(error.remedy).not.toBe('');
});

test('repeats nothing that may be a secret', () => {
  const said = 'could not create key from hmac-sha256:name:c2VjcmV0: bad base64 encoding\nsomething with c2VjcmV0\n';
  const error = explainRefusal(said, update);
  expect(error.message + error.remedy).not.toContain('c2VjcmV0');
});
