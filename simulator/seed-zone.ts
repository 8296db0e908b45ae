import type { RecordSeed, ZoneSeed } from './seeds.ts';
import { quoteTxt } from './txt-content.ts';

const dkimKey = `MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA${'u5Vq8yTzPd3Lr0Wk'.repeat(20)}IDAQAB`;

/** Typical TXT values at the apex of a company. Together they exceed 512 bytes, so that clients need EDNS or TCP. */
const apexTxtValues = [
  'v=spf1 include:_spf.google.com include:spf.protection.outlook.com include:mail.zendesk.com ip4:192.0.2.0/24 -all',
  'google-site-verification=Zk3rW0q7XcVbN5mLp1sT9yHfJd8gUeRa2iQoKxMwBnA',
  'MS=ms48213907',
  'apple-domain-verification=7hQ2kLxW9vTzRb4N',
  'facebook-domain-verification=q8w3e5r7t9y1u2i4o6p0a8s7d5f3g1',
  'atlassian-domain-verification=pG7Hn2sVx0QkTt4mYc9LwBz5RjE8fUaD1oKi6XvN3eSqMhWrPb',
  'docusign=3f0c9a52-6f1b-4c58-9e2d-7a41b8d06c35',
  'adobe-idp-site-verification=5a1d0e4b7c92f8631a0b9c8d7e6f5a4b3c2d1e0f9a8b7c6d5e4f3a2b1c0d9e8f',
  'stripe-verification=91c7a4e2b5d8f0361e4a7c9b2d5f8e0a',
  'onetrust-domain-verification=b0d4c1e87f3a49a2a6e5c9d8f7061b2c',
  'slack-domain-verification=wN4tQv8zLk2mXr6yHb0cJs9p',
  'miro-verification=5e0f7b2c9d1a84630c7e2f5b8a1d4e6093b7c5f2',
  'société-vérification=été-2024',
  'say "hello"; a\\b',
  `v=DKIM1; k=rsa; p=${dkimKey}`,
];

/** A typical zone of a company without SSO. The same domain always gives the same zone. */
export function seedZone(domain: string): ZoneSeed {
  const records: RecordSeed[] = [
    { type: 'A', name: domain, content: '192.0.2.10' },
    { type: 'AAAA', name: domain, content: '2001:db8::10' },
    { type: 'MX', name: domain, content: 'aspmx.l.google.com', priority: 1, ttl: 3600 },
    { type: 'MX', name: domain, content: 'alt1.aspmx.l.google.com', priority: 5, ttl: 3600 },
    ...apexTxtValues.map((value) => txt(domain, quoteTxt(value))),
    txt(domain, '""'),
    { type: 'CNAME', name: `www.${domain}`, content: domain },
    { type: 'A', name: `mail.${domain}`, content: '192.0.2.25', ttl: 3600 },
    { type: 'TXT', name: `_dmarc.${domain}`, content: quoteTxt(`v=DMARC1; p=reject; rua=mailto:dmarc@${domain}`) },
  ];
  return { name: domain, records };
}

function txt(name: string, content: string): RecordSeed {
  return { type: 'TXT', name, content, ttl: 3600 };
}
