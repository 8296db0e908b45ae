import type { Account } from './account.ts';
import { apiError } from './api-error.ts';
import { type ApiCall, type ApiRoute, parseBoolean, parseId } from './api-route.ts';
import type { Connector } from './connectors.ts';
import { pageResponse, successResponse, successWithoutResult } from './envelope.ts';

const listPath = '/accounts/:account_id/sso_connectors';
const idParam = 'connector_id';
const connectorPath = `${listPath}/:${idParam}`;

/** https://developers.cloudflare.com/api/resources/iam/subresources/sso/ */
export function connectorRoutes({ connectors }: Account): ApiRoute[] {
  const permission = 'sso:write';
  return [
    {
      method: 'POST',
      path: listPath,
      permission,
      handle: (call) => successResponse(connectorToJson(connectors.create(parseNewConnector(call)))),
    },
    {
      method: 'GET',
      path: listPath,
      permission,
      handle() {
        const all = connectors.list().map(connectorToJson);
        // Cloudflare's SDKs read this list as a single page (`SinglePage`), so `page` and `per_page` are ignored here.
        return pageResponse(all, new URLSearchParams(), { default: Math.max(all.length, 1), max: Infinity });
      },
    },
    {
      method: 'GET',
      path: connectorPath,
      permission,
      handle: (call) => successResponse(connectorToJson(connectors.get(parseId(call, idParam)))),
    },
    {
      method: 'PATCH',
      path: connectorPath,
      permission,
      handle(call) {
        const id = parseId(call, idParam);
        const fields = call.body.parseFields();
        const useFedrampLanguage = parseBoolean(fields, 'use_fedramp_language');
        const updated = connectors.update(id, { enabled: parseBoolean(fields, 'enabled'), useFedrampLanguage });
        return successResponse(connectorToJson(updated));
      },
    },
    {
      method: 'POST',
      path: `${connectorPath}/begin_verification`,
      permission,
      handle(call) {
        connectors.beginVerification(parseId(call, idParam));
        return successWithoutResult();
      },
    },
    {
      method: 'DELETE',
      path: connectorPath,
      permission,
      handle(call) {
        const id = parseId(call, idParam);
        connectors.remove(id);
        return successResponse({ id });
      },
    },
  ];
}

/** A connector in the API's format. */
export function connectorToJson(connector: Connector) {
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

function parseNewConnector(call: ApiCall) {
  const fields = call.body.parseFields();
  const emailDomain = fields['email_domain'];
  // Undocumented: the code of this error.
  if (typeof emailDomain !== 'string') throw apiError(400, 1001, 'email_domain is required', '/email_domain');
  return {
    emailDomain,
    beginVerification: parseBoolean(fields, 'begin_verification') ?? true,
    useFedrampLanguage: parseBoolean(fields, 'use_fedramp_language') ?? false,
  };
}
