/**
 * - `timeout`, `refused-connection`, `unreachable`: the server sent no answer;
 * - `malformed`: what it sent is not an answer to the question;
 * - `rcode`: it answered that it cannot or will not answer (SERVFAIL, REFUSED, …);
 * - `lame`: it answered, but not as an authoritative server of the zone;
 * - `no-usable-answer`: none of several servers gave one; the message gives the reason for each.
 */
export type DnsErrorKind =
  | 'timeout'
  | 'refused-connection'
  | 'unreachable'
  | 'malformed'
  | 'rcode'
  | 'lame'
  | 'no-usable-answer';

/** A DNS query that got no usable answer. */
export class DnsError extends Error {
  readonly kind: DnsErrorKind;
  /** The query and the server, such as `example.com SOA at 192.0.2.1:53`. */
  readonly question: string;
  /** What went wrong in a few words, such as `no answer within 3 s`. */
  readonly detail: string;

  constructor(kind: DnsErrorKind, question: string, detail: string, options?: ErrorOptions) {
    super(`${question}: ${detail}`, options);
    this.name = 'DnsError';
    this.kind = kind;
    this.question = question;
    this.detail = detail;
  }
}
