import { ProviderError } from '../../publishing/provider-error.ts';
import type { ProviderErrorKind } from '../../publishing/provider-error.ts';
import { formatSocketAddress } from '../../wire/socket-address.ts';
import type { SocketAddress } from '../../wire/socket-address.ts';

/** The update that was refused. */
export interface RefusedUpdate {
  primary: SocketAddress;
  /** The apex. */
  zone: string;
  name: string;
}

type Explanation = [kind: ProviderErrorKind, problem: string, remedy: string];

const useThePrimary = 'set RFC2136_SERVER to the address of the primary of the zone';
const retried = 'it is retried; the log of the primary says more';

/**
 * Explains what nsupdate wrote to standard error, which may repeat a malformed key: quotes only parts that cannot be secret.
 */
export function explainRefusal(stderr: string, update: RefusedUpdate): ProviderError {
  const primary = formatSocketAddress(update.primary);
  const [kind, problem, remedy] = explain(stderr, update);
  return new ProviderError(kind, `the primary ${primary} ${problem}`, remedy);
}

function explain(stderr: string, update: RefusedUpdate): Explanation {
  const [, kerberos] = /^(?:tkey query failed|response to GSS-TSIG query was unsuccessful)(.*)$/imu.exec(stderr) ?? [];
  if (kerberos !== undefined) return explainKerberos(kerberos);
  if (/^could not (?:read|create) key|^unknown key type/mu.test(stderr)) {
    return [
      'unauthorised',
      'was not queried, because the key in RFC2136_TSIG_KEY_FILE cannot be used',
      'put one key there as tsig-keygen writes it',
    ];
  }
  const [, code, detail] = /^update failed: (\w+)(?:\((\w+)\))?$/mu.exec(stderr) ?? [];
  if (code !== undefined) return explainCode(code, detail, update);
  const [, fault] = /^; Communication with \S+ failed: ([a-z ]+)$/mu.exec(stderr) ?? [];
  if (fault !== undefined) return explainNoAnswer(fault);
  if (/^; TSIG error with server/mu.test(stderr)) {
    // Without a refusal as well: the update may have been made, and only the answer cannot be trusted.
    return [
      'unavailable',
      'sent an answer that the key in RFC2136_TSIG_KEY_FILE did not sign',
      'give both the same key, and find out which server answers at this address',
    ];
  }
  return ['unavailable', 'did not get the update, and nsupdate gave no reason', retried];
}

/** https://www.iana.org/assignments/dns-parameters/dns-parameters.xhtml#dns-parameters-6 */
function explainCode(code: string, detail: string | undefined, { zone, name }: RefusedUpdate): Explanation {
  switch (code === 'NOTAUTH' ? (detail ?? code) : code) {
    case 'REFUSED':
      return [
        'unauthorised',
        `does not let this key change TXT records at ${name} (REFUSED)`,
        `allow it in allow-update or update-policy of ${zone} at the primary`,
      ];
    case 'BADKEY':
      return [
        'unauthorised',
        'does not know the key in RFC2136_TSIG_KEY_FILE (BADKEY)',
        'give both the same key: name, algorithm and secret',
      ];
    case 'BADSIG':
      return [
        'unauthorised',
        'knows the key in RFC2136_TSIG_KEY_FILE with another secret (BADSIG)',
        'give both the same key: name, algorithm and secret',
      ];
    case 'BADTIME':
      return [
        'unauthorised',
        "does not accept the time in the signature (BADTIME): its clock and the worker's differ",
        'synchronise both clocks',
      ];
    case 'NOTAUTH':
      return ['refused', `is not the primary of ${zone} (NOTAUTH)`, useThePrimary];
    case 'NOTZONE':
      return ['refused', `does not hold ${name} in ${zone} (NOTZONE)`, useThePrimary];
    case 'NOTIMP':
      return ['refused', 'takes no updates (NOTIMP)', `${useThePrimary}, or publish another way`];
    case 'YXRRSET':
      return [
        'refused',
        `has a CNAME at ${name}, and a name with a CNAME can have no TXT value`,
        'replace the CNAME with the records of its target, or publish another way',
      ];
    case 'FORMERR':
      return ['refused', 'does not understand the update (FORMERR)', 'publish another way'];
    case 'SERVFAIL':
      return ['unavailable', `could not change ${zone} (SERVFAIL)`, retried];
    default:
      return ['unavailable', `answered ${detail === undefined ? code : `${code} (${detail})`}`, retried];
  }
}

function explainNoAnswer(fault: string): Explanation {
  // nsupdate says "operation canceled" of a connection that was refused.
  const why = fault === 'operation canceled' ? 'no connection' : fault;
  return ['unavailable', `cannot be reached over TCP (${why})`, 'it is retried; open its port to the worker'];
}

function explainKerberos(why: string): Explanation {
  const detail = why.replace(/^[:\s]+/u, '').trim();
  return [
    'unauthorised',
    `got no Kerberos ticket that it accepts${detail === '' ? '' : `: ${detail}`}`,
    "get a ticket for the worker's principal (kinit), name its cache in KRB5CCNAME, and check that DNS/<host in the zone's SOA> is a principal",
  ];
}
