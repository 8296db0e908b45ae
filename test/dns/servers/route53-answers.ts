/** Route 53's answers as it writes them. https://docs.aws.amazon.com/Route53/latest/APIReference/ */
import type { ServerResponse } from 'node:http';

export const route53Actions = [
  'ListHostedZonesByName',
  'GetHostedZone',
  'ListResourceRecordSets',
  'ChangeResourceRecordSets',
  'GetChange',
] as const;
export type Route53Action = (typeof route53Actions)[number];

export const namespace = 'https://route53.amazonaws.com/doc/2013-04-01/';

/** `batch`: the second form in which Route 53 refuses a change batch. */
export interface Refusal {
  status: number;
  code: string;
  message?: string;
  form?: 'error' | 'batch';
}

export function refusal({ status, code, message = code, form = 'error' }: Refusal): { status: number; body: string } {
  const escaped = message.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  const body =
    form === 'batch'
      ? `<${code} xmlns="${namespace}"><Messages><Message>${escaped}</Message></Messages><RequestId>r</RequestId></${code}>`
      : `<ErrorResponse xmlns="${namespace}"><Error><Type>Sender</Type><Code>${code}</Code><Message>${escaped}</Message></Error><RequestId>r</RequestId></ErrorResponse>`;
  return { status, body };
}

export function give(response: ServerResponse, { status, body }: { status: number; body: string }): void {
  response.writeHead(status, { 'content-type': 'text/xml' }).end(body);
}

export function changeInfo(id: string, status: string): string {
  return `<ChangeInfo><Id>/change/${id}</Id><Status>${status}</Status><SubmittedAt>${new Date().toISOString()}</SubmittedAt></ChangeInfo>`;
}

export function actionOf(method: string | undefined, { pathname }: URL): Route53Action | null {
  const [, , resource, , part] = pathname.split('/');
  if (resource === 'hostedzonesbyname') return 'ListHostedZonesByName';
  if (resource === 'change') return 'GetChange';
  if (resource !== 'hostedzone') return null;
  if (part !== 'rrset') return 'GetHostedZone';
  return method === 'POST' ? 'ChangeResourceRecordSets' : 'ListResourceRecordSets';
}

/** Hosted zones are listed by their names read backwards, then by their ids. */
export function sortKey(name: string, id: string): string {
  return `${name.replace(/\.$/u, '').split('.').toReversed().join(' ')}\t${id}`;
}
