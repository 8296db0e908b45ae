/** SSO connectors. https://developers.cloudflare.com/api/resources/iam/subresources/sso/ */
import { z } from 'zod';

import type { Connector } from '../contract/schemas/connector.ts';
import type { CallOptions, Client } from './client.ts';

const connectorFields = z
  .object({
    id: z.string().min(1),
    email_domain: z.string().min(1),
    enabled: z.boolean(),
    use_fedramp_language: z.boolean().nullish(),
    created_on: z.string().nullish(),
    verification: z.object({
      code: z.string().min(1),
      status: z.enum(['awaiting', 'pending', 'failed', 'verified']),
    }),
  })
  .transform((fields): Connector => ({
    id: fields.id,
    emailDomain: fields.email_domain,
    enabled: fields.enabled,
    useFedrampLanguage: fields.use_fedramp_language ?? false,
    verificationCode: fields.verification.code,
    verificationStatus: fields.verification.status,
    createdAt: fields.created_on ?? null,
  }));

/** One documented sample shows the connector inside an array. */
const connectorSchema = z.preprocess(
  (result: unknown) => (Array.isArray(result) && result.length === 1 ? (result[0] as unknown) : result),
  connectorFields,
);

/** Connectors of other domains do not matter, so their fields are not validated. */
const listedConnector = z.looseObject({ email_domain: z.string().nullish() });

interface NewConnector {
  emailDomain: string;
  /** `false`: Cloudflare does not query DNS yet. */
  beginVerification: boolean;
  /** `undefined`: Cloudflare's default. */
  useFedrampLanguage: boolean | undefined;
}

const connectorsPath = (accountId: string) => `accounts/${accountId}/sso_connectors`;
const connectorPath = (accountId: string, connectorId: string) => `${connectorsPath(accountId)}/${connectorId}`;

export type Connectors = ReturnType<typeof createConnectors>;

export function createConnectors(client: Client) {
  return {
    /** `POST …/sso_connectors` */
    async create(accountId: string, connector: NewConnector, options: CallOptions): Promise<Connector> {
      const body = {
        email_domain: connector.emailDomain,
        begin_verification: connector.beginVerification,
        use_fedramp_language: connector.useFedrampLanguage,
      };
      return await client.call({ method: 'POST', path: connectorsPath(accountId), body }, connectorSchema, options);
    },

    /** `GET …/sso_connectors`, those whose e-mail domain `isWanted`. */
    async list(accountId: string, isWanted: (emailDomain: string) => boolean, options: CallOptions) {
      const wanted = z.unknown().transform((entry, context) => {
        if (!isWanted(listedConnector.safeParse(entry).data?.email_domain ?? '')) return null;
        const parsed = connectorFields.safeParse(entry);
        if (parsed.success) return parsed.data;
        for (const { path, message } of parsed.error.issues) context.addIssue({ code: 'custom', path, message });
        return z.NEVER;
      });
      const entries = await client.listAll(connectorsPath(accountId), {}, wanted, options);
      return entries.filter((entry) => entry !== null);
    },

    /** `GET …/sso_connectors/{id}` */
    async get(accountId: string, connectorId: string, options: CallOptions): Promise<Connector> {
      return await client.call(
        { method: 'GET', path: connectorPath(accountId, connectorId) },
        connectorSchema,
        options,
      );
    },

    /** `PATCH …/sso_connectors/{id}`. Enabling applies at once to every user of the domain. */
    async update(accountId: string, connectorId: string, changes: { enabled: boolean }, options: CallOptions) {
      const call = { method: 'PATCH', path: connectorPath(accountId, connectorId), body: changes } as const;
      return await client.call(call, connectorSchema, options);
    },

    /** `POST …/sso_connectors/{id}/begin_verification`; the answer has no `result`. */
    async beginVerification(accountId: string, connectorId: string, options: CallOptions): Promise<void> {
      const path = `${connectorPath(accountId, connectorId)}/begin_verification`;
      await client.call({ method: 'POST', path }, z.unknown(), options);
    },

    /** `DELETE …/sso_connectors/{id}`; refused while the connector is enabled. */
    async delete(accountId: string, connectorId: string, options: CallOptions): Promise<void> {
      await client.call({ method: 'DELETE', path: connectorPath(accountId, connectorId) }, z.unknown(), options);
    },
  };
}
