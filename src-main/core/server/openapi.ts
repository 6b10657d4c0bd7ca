/** The OpenAPI document, made from the contract itself, and the REST routes that it describes. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { OpenAPIGenerator } from '@orpc/openapi';
import { OpenAPIHandler } from '@orpc/openapi/node';
import { BodyLimitPlugin } from '@orpc/server/node';
import {
  experimental_ZodSmartCoercionPlugin as ZodSmartCoercionPlugin,
  ZodToJsonSchemaConverter,
} from '@orpc/zod/zod4';
import { contract } from '../../contract/index.ts';
import { type CallContext, createCallSlots, type ServerRouter } from './router.ts';
import type { Caller } from './services.ts';

export const apiPrefix = '/api';

/** Open calls by REST, all sessions together. */
const mostApiCalls = 256;

/** OpenAPI 3.1 of every procedure, with who may call it. */
export async function describeApi(version: string, cookie: string): Promise<unknown> {
  const generator = new OpenAPIGenerator({ schemaConverters: [new ZodToJsonSchemaConverter()] });
  return generator.generate(contract, {
    info: {
      title: 'TruGrade Workstation',
      version,
      description:
        'Every call needs the session cookie; calls other than GET must carry the Origin header of this server. ' +
        'Pictures are fetched by `GET /images/{sha256}`; files are sent by `POST /uploads`, then `PUT /uploads/{id}/{name}`.',
    },
    servers: [{ url: apiPrefix }],
    components: { securitySchemes: { session: { type: 'apiKey', in: 'cookie', name: cookie } } },
    security: [{ session: [] }],
    tags: Object.keys(contract).map((name) => ({ name })),
  });
}

export interface RestApi {
  /** False when no route of the contract matches. */
  handle(request: IncomingMessage, response: ServerResponse, caller: Caller): Promise<boolean>;
}

/** REST needs coercion, since everything in a query is text; the message transport does not. */
export function createRestApi(router: ServerRouter, maxBodyBytes: number): RestApi {
  const handler = new OpenAPIHandler<CallContext>(router, {
    plugins: [new ZodSmartCoercionPlugin(), new BodyLimitPlugin({ maxBodySize: maxBodyBytes })],
  });
  const slots = createCallSlots(mostApiCalls);
  return {
    async handle(request, response, caller) {
      const { matched } = await handler.handle(request, response, { prefix: apiPrefix, context: { caller, slots } });
      return matched;
    },
  };
}
