import type { Account } from './account.ts';
import { noRoute, refusal } from './api-error.ts';
import { type ApiCall, type ApiRoute, parseFlag } from './api-route.ts';
import type { Connector } from './connectors.ts';
import { answer, answerNothing, answerPage } from './envelope.ts';
import { isId } from './identifiers.ts';

const LIST = '/accounts/:account_id/sso_connectors';
const ONE = `${LIST}/:connector_id`;

/** https://developers.cloudflare.com/api/resources/iam/subresources/sso/ */
export function connectorRoutes({ connectors }: Account): ApiRoute[] {
  const permission = 'sso:write';
  return [
    { method: 'POST', path: LIST, permission, handle: (call) => answer(toJson(connectors.create(parseNew(call)))) },
    {
      method: 'GET',
      path: LIST,
      permission,
      handle() {
        const all = connectors.list().map(toJson);
        // Clients take the list for a single page, so it is one whatever they ask for.
        return answerPage(all, new URLSearchParams(), { default: Math.max(all.length, 1), max: Infinity });
      },
    },
    { method: 'GET', path: ONE, permission, handle: (call) => answer(toJson(connectors.get(idIn(call)))) },
    {
      method: 'PATCH',
      path: ONE,
      permission,
      handle(call) {
        const id = idIn(call);
        const body = call.body.fields();
        const useFedrampLanguage = parseFlag(body, 'use_fedramp_language');
        return answer(toJson(connectors.update(id, { enabled: parseFlag(body, 'enabled'), useFedrampLanguage })));
      },
    },
    {
      method: 'POST',
      path: `${ONE}/begin_verification`,
      permission,
      handle(call) {
        connectors.beginVerification(idIn(call));
        return answerNothing();
      },
    },
    {
      method: 'DELETE',
      path: ONE,
      permission,
      handle(call) {
        const id = idIn(call);
        connectors.remove(id);
        return answer({ id });
      },
    },
  ];
}

/** A connector as the API shows it. */
export function toJson(connector: Connector) {
  return {
    id: connector.id,
    created_on: connector.createdOn,
    updated_on: connector.updatedOn,
    email_domain: connector.emailDomain,
    enabled: connector.enabled,
    use_fedramp_language: connector.useFedrampLanguage,
    verification: { code: connector.code, status: connector.status },
  };
}

function parseNew(call: ApiCall) {
  const body = call.body.fields();
  const emailDomain = body['email_domain'];
  // Undocumented: the code of this refusal.
  if (typeof emailDomain !== 'string') throw refusal(400, 1001, 'email_domain is required', '/email_domain');
  return {
    emailDomain,
    beginVerification: parseFlag(body, 'begin_verification') ?? true,
    useFedrampLanguage: parseFlag(body, 'use_fedramp_language') ?? false,
  };
}

function idIn(call: ApiCall): string {
  const id = call.params['connector_id'] ?? '';
  if (!isId(id)) throw noRoute(400, call.path);
  return id.toLowerCase();
}
