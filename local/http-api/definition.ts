/** What the template says of the HTTP API: the resources of AWS::ApiGatewayV2, checked and joined. */
import * as z from 'zod';
import type { ProvisionedResource, ResolvedProperties } from '../contracts.ts';
import { parseProperties } from '../template-properties.ts';
import { requireKnown } from './access-log.ts';
import { compileRoute, type RoutePattern } from './routes.ts';

const corsSchema = z.strictObject({
  AllowOrigins: z.array(z.string()).default([]),
  AllowMethods: z.array(z.string()).default([]),
  AllowHeaders: z.array(z.string()).default([]),
  ExposeHeaders: z.array(z.string()).default([]),
  MaxAge: z.coerce.number().optional(),
  AllowCredentials: z.boolean().default(false),
});
const apiSchema = z.strictObject({
  ProtocolType: z.literal('HTTP'),
  Name: z.string().optional(),
  CorsConfiguration: corsSchema.optional(),
});
/** Requests a second, and how many at once. */
const limitSchema = z.strictObject({
  ThrottlingRateLimit: z.coerce.number().positive(),
  ThrottlingBurstLimit: z.coerce.number().positive(),
});
const stageSchema = z.strictObject({
  ApiId: z.string(),
  StageName: z.string(),
  StageVariables: z.record(z.string(), z.string()).optional(),
  DefaultRouteSettings: limitSchema.optional(),
  RouteSettings: z.record(z.string(), limitSchema).default({}),
  AccessLogSettings: z.strictObject({ DestinationArn: z.string(), Format: z.string() }).optional(),
});
const integrationSchema = z.strictObject({
  ApiId: z.string(),
  IntegrationType: z.literal('AWS_PROXY'),
  IntegrationUri: z.string(),
  PayloadFormatVersion: z.literal('2.0'),
  TimeoutInMillis: z.coerce.number().min(50).max(30_000).default(30_000),
});
const routeSchema = z.strictObject({
  ApiId: z.string(),
  RouteKey: z.string(),
  Target: z.string().startsWith('integrations/'),
  AuthorizationType: z.enum(['NONE', 'JWT']).default('NONE'),
  AuthorizerId: z.string().optional(),
  AuthorizationScopes: z.array(z.string()).default([]),
});
const authorizerSchema = z.strictObject({
  ApiId: z.string(),
  AuthorizerType: z.literal('JWT'),
  IdentitySource: z.tuple([z.string().regex(/^\$request\.header\.[\w-]+$/)]),
  JwtConfiguration: z.strictObject({ Issuer: z.url(), Audience: z.array(z.string()).min(1) }),
});

export type CorsConfiguration = z.infer<typeof corsSchema>;

export interface Authorizer {
  readonly issuer: string;
  readonly audience: readonly string[];
  /** Lower-case name of the header with the token. */
  readonly header: string;
}

export type Limit = z.infer<typeof limitSchema>;

export interface Route {
  readonly key: string;
  readonly pattern: RoutePattern;
  readonly functionArn: string;
  readonly timeoutMilliseconds: number;
  readonly authorizer?: Authorizer;
  readonly scopes: readonly string[];
}

export interface HttpApi {
  readonly id: string;
  readonly stage: string;
  readonly stageVariables?: Readonly<Record<string, string>>;
  readonly cors?: CorsConfiguration;
  /** Format of a line of the access log. */
  readonly accessLog?: string;
  /** Of every route without one of its own. */
  readonly limit?: Limit;
  /** Limits by route keys. */
  readonly limits: Readonly<Record<string, Limit>>;
  readonly routes: readonly Route[];
}

export const httpApiTypes = [
  'AWS::ApiGatewayV2::Api',
  'AWS::ApiGatewayV2::Stage',
  'AWS::ApiGatewayV2::Integration',
  'AWS::ApiGatewayV2::Route',
  'AWS::ApiGatewayV2::Authorizer',
] as const;
export type HttpApiType = (typeof httpApiTypes)[number];

/** Collects the API's resources in the order of their dependencies. */
export class HttpApiDefinition {
  readonly #url: string;
  readonly #stages = new Map<string, z.infer<typeof stageSchema>>();
  readonly #integrations = new Map<string, z.infer<typeof integrationSchema>>();
  readonly #authorizers = new Map<string, Authorizer>();
  readonly #routes: Route[] = [];
  #api: { id: string; cors?: CorsConfiguration } | undefined;

  /** @param url base URL under which the API is served, what `ApiEndpoint` gives */
  constructor(url: string) {
    this.#url = url;
  }

  /** Throws when the resource asks for what an HTTP API here cannot do. */
  add(logicalId: string, type: HttpApiType, properties: ResolvedProperties): ProvisionedResource {
    const name = `${logicalId} (${type})`;
    switch (type) {
      case 'AWS::ApiGatewayV2::Api': {
        const cosmetic = ['Description', 'Tags', 'DisableExecuteApiEndpoint', 'IpAddressType', 'Version'];
        const { CorsConfiguration: cors } = parseProperties(name, apiSchema, cosmetic, properties);
        if (this.#api) throw new Error(`${name}: this port already serves the HTTP API ${this.#api.id}`);
        this.#api = { id: logicalId, ...(cors && { cors }) };
        return { ref: logicalId, attributes: { ApiId: logicalId, ApiEndpoint: this.#url } };
      }
      case 'AWS::ApiGatewayV2::Stage': {
        const cosmetic = ['AutoDeploy', 'DeploymentId', 'Description', 'Tags'];
        const stage = parseProperties(name, stageSchema, cosmetic, properties);
        if (this.#stages.size > 0) throw new Error(`${name}: this port already serves another stage`);
        this.#stages.set(logicalId, stage);
        return { ref: stage.StageName, attributes: {} };
      }
      case 'AWS::ApiGatewayV2::Integration': {
        const cosmetic = ['IntegrationMethod', 'Description', 'ConnectionType'];
        const integration = parseProperties(name, integrationSchema, cosmetic, properties);
        this.#integrations.set(logicalId, integration);
        return { ref: logicalId, attributes: { IntegrationId: logicalId } };
      }
      case 'AWS::ApiGatewayV2::Authorizer': {
        const authorizer = parseProperties(name, authorizerSchema, ['Name'], properties);
        this.#authorizers.set(logicalId, {
          issuer: authorizer.JwtConfiguration.Issuer,
          audience: authorizer.JwtConfiguration.Audience,
          header: authorizer.IdentitySource[0].replace('$request.header.', '').toLowerCase(),
        });
        return { ref: logicalId, attributes: { AuthorizerId: logicalId } };
      }
      case 'AWS::ApiGatewayV2::Route':
        this.#routes.push(this.#route(name, properties));
        return { ref: logicalId, attributes: { RouteId: logicalId } };
    }
  }

  /** The API as the template describes it, or undefined when the template has none. */
  build(): HttpApi | undefined {
    if (!this.#api) return undefined;
    const [stage] = [...this.#stages.values()];
    if (!stage) throw new Error(`the HTTP API ${this.#api.id} has no stage, so nothing of it is deployed`);
    const { StageName, StageVariables, DefaultRouteSettings, RouteSettings, AccessLogSettings } = stage;
    const unknown = Object.keys(RouteSettings).find(
      (key) => !this.#routes.some((route) => route.key === key),
    );
    if (unknown)
      throw new Error(`the stage ${StageName} has settings of the route ${unknown}, which there is not`);
    return {
      ...this.#api,
      stage: StageName,
      ...(StageVariables && { stageVariables: StageVariables }),
      ...(DefaultRouteSettings && { limit: DefaultRouteSettings }),
      ...(AccessLogSettings && { accessLog: requireKnown(AccessLogSettings.Format) }),
      limits: RouteSettings,
      routes: this.#routes,
    };
  }

  #route(name: string, properties: ResolvedProperties): Route {
    const route = parseProperties(name, routeSchema, ['OperationName', 'ApiKeyRequired'], properties);
    const integration = this.#integrations.get(route.Target.slice('integrations/'.length));
    if (!integration) throw new Error(`${name}: its target ${route.Target} does not exist`);
    const authorizer = route.AuthorizerId ? this.#authorizers.get(route.AuthorizerId) : undefined;
    if (route.AuthorizationType === 'JWT' && !authorizer) {
      throw new Error(`${name}: asks for a JWT and names no authorizer`);
    }
    if (this.#routes.some(({ key }) => key === route.RouteKey)) {
      throw new Error(`${name}: there is already a route ${route.RouteKey}`);
    }
    return {
      key: route.RouteKey,
      pattern: compileRoute(route.RouteKey),
      // Either the function's ARN or the long form `…:lambda:path/2015-03-31/functions/<arn>/invocations`.
      functionArn:
        /\/functions\/(.+)\/invocations$/.exec(integration.IntegrationUri)?.[1] ?? integration.IntegrationUri,
      timeoutMilliseconds: integration.TimeoutInMillis,
      scopes: route.AuthorizationScopes,
      ...(route.AuthorizationType === 'JWT' && authorizer && { authorizer }),
    };
  }
}
