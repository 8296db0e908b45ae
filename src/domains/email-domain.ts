import { isIP } from 'node:net';
import { domainToASCII } from 'node:url';

import freeEmailDomains from 'free-email-domains';
import { parse } from 'tldts';

/**
 * The normal form (lower-case ASCII, no trailing dot), or why this text has none and what to do, each a sentence.
 */
type NormalisedEmailDomain = { ok: true; emailDomain: string } | { ok: false; reason: string; remedy: string };

type Refusal = Extract<NormalisedEmailDomain, { ok: false }>;

const publicMailProviders: ReadonlySet<string> = new Set(freeEmailDomains);

const enterDomain = 'Enter the part of your e-mail addresses after the @, such as example.com.';
const useOwnDomain = "Use a domain that your company owns, and whose e-mail addresses are your users' own.";

/**
 * Brings an e-mail domain into normal form, or refuses it. Never throws. Public mail providers and `.edu` are refused
 * because Cloudflare refuses them: https://developers.cloudflare.com/fundamentals/manage-members/dashboard-sso/
 */
export function normaliseEmailDomain(text: string): NormalisedEmailDomain {
  const refusedText = refuseText(text);
  if (refusedText) return refusedText;

  const ascii = domainToASCII(text);
  if (ascii === '') return refuse(`${quote(text)} is not a domain name.`, enterDomain);
  const emailDomain = ascii.endsWith('.') ? ascii.slice(0, -1) : ascii;

  return refuseForm(text, emailDomain) ?? refuseOwner(emailDomain) ?? { ok: true, emailDomain };
}

/** The normal form of a domain as Cloudflare lists it (capitals, a trailing dot, Unicode); `null`: it has none. */
export function readListedDomain(listed: string): string | null {
  const normal = normaliseEmailDomain(listed);
  return normal.ok ? normal.emailDomain : null;
}

/**
 * Refuses what the URL host parser behind `domainToASCII` would silently cut off, decode, or not treat as part of a host.
 */
function refuseText(text: string): Refusal | null {
  if (text.trim() === '') return refuse('The e-mail domain is empty.', enterDomain);
  if (isIP(text.replace(/^\[(.*)\]$/, '$1')) !== 0) return refuseAddress(text);

  const [forbidden] = /[/%@:\\*\s#?]/.exec(text) ?? [];
  if (forbidden === undefined) return null;
  const domain = findDomainIn(text);
  const remedy = domain === null ? enterDomain : `Enter ${domain} alone.`;
  if (forbidden.trim() === '') return refuse(`${quote(text)} contains whitespace.`, remedy);
  if (text.includes('@')) return refuse(`${quote(text)} is an e-mail address or contains an @, not a domain.`, remedy);
  return refuse(`${quote(text)} contains ${quote(forbidden)}, which is not allowed in a domain name.`, remedy);
}

/** The domain inside an address, a URL or a wildcard, for the remedy; `null`: none. */
function findDomainIn(text: string): string | null {
  const [candidate = ''] = text
    .trim()
    .replace(/^[a-z][a-z0-9+.-]*:\/\//i, '')
    .replace(/^.*@/s, '')
    .replace(/^\*\./, '')
    .split(/[/%@:\\*\s#?>,;]/);
  const found = normaliseEmailDomain(candidate);
  return found.ok ? found.emailDomain : null;
}

function refuseForm(text: string, emailDomain: string): Refusal | null {
  if (isIP(emailDomain) !== 0) return refuseAddress(text);
  if (emailDomain.length > 253) {
    return refuse(
      `${quote(text)} is ${emailDomain.length} characters long; a domain name has at most 253.`,
      enterDomain,
    );
  }
  for (const label of emailDomain.split('.')) {
    const fault = faultOfLabel(label);
    if (fault !== null) return refuse(`${quote(text)} is not a domain name: ${fault}.`, enterDomain);
  }
  return null;
}

function faultOfLabel(label: string): string | null {
  if (label === '') return 'it has an empty label (a dot at the start, or two in a row)';
  if (label.length > 63) return `its label ${quote(label)} is ${label.length} characters long; at most 63 are allowed`;
  if (!/^[a-z0-9-]+$/.test(label))
    return `its label ${quote(label)} has characters other than letters, digits and hyphens`;
  if (/^-|-$/.test(label)) return `its label ${quote(label)} starts or ends with a hyphen`;
  return null;
}

function refuseOwner(emailDomain: string): Refusal | null {
  const { publicSuffix } = parse(emailDomain, { allowPrivateDomains: true });
  if (publicSuffix === emailDomain) {
    return refuse(
      `${emailDomain} is a public suffix: many owners register names below it, and none of them owns it.`,
      `Enter your own name below it, such as your-company.${emailDomain}.`,
    );
  }
  if (publicMailProviders.has(emailDomain)) {
    return refuse(
      `${emailDomain} belongs to a public mail provider, and Cloudflare refuses SSO for those.`,
      useOwnDomain,
    );
  }
  if (emailDomain.endsWith('.edu')) {
    return refuse(`${emailDomain} is below .edu, and Cloudflare refuses SSO for .edu domains.`, useOwnDomain);
  }
  return null;
}

function refuseAddress(text: string): Refusal {
  return refuse(`${quote(text)} is an IP address, not a domain.`, enterDomain);
}

function refuse(reason: string, remedy: string): Refusal {
  return { ok: false, reason, remedy };
}

/** Escaped and shortened, so that any text fits into a log line. */
function quote(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 79)}…` : text);
}
