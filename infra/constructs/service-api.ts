import { CfnParameter, Duration, Stack, Validations } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import * as apigateway from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpJwtAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { allRoutes, type NamedRoute } from '../../functions/contracts/routes.ts';
import { applicantRoles, type Role } from '../../functions/shared/actor.ts';
import { scopesOf } from '../../functions/shared/route.ts';
import type { Environment } from '../environment-settings.ts';
import { metricNamespace, names, pascalCase, systemName } from '../names.ts';
import { logGroupProps, type ServiceFunction } from './service-function.ts';

/** Name of the metric that counts requests which met the limits of the API. */
export const throttledMetricName = 'ApiThrottled';
/** Name of the metric that counts requests of people who may not do what they asked for. */
export const forbiddenMetricName = 'ApiForbidden';

/** Routes that CloudFormation makes at once: all of them together would meet the limits of the gateway's own API. */
const routesAtOnce = 10;

export interface ServiceApiProps {
  readonly settings: Environment;
  readonly logsKey: IKey;
  /** Issuer of the access tokens. */
  readonly issuer: string;
  /** Origins of pages that ask the API, beside its own. */
  readonly origins: readonly string[];
  /** The function that serves the portal. */
  readonly portal: ServiceFunction;
  /** The function that serves each audience. */
  readonly functions: Readonly<Record<NamedRoute['audience'], ServiceFunction>>;
}

/**
 * The HTTP API: its routes are the contracts', one by one. What is read at any other path is the portal's; whatever else has no
 * contract reaches the public function alone, which answers in the words of all problems, where the gateway's own would be
 * `{"message"}`. The audience is a parameter of the stack as the issuer is: one template serves any OpenID Connect issuer.
 */
export class ServiceApi extends Construct {
  readonly api: apigateway.HttpApi;
  /** Address of the API, without a slash at its end. */
  readonly url: string;
  /** What the domain's CNAME points to; undefined where there is no domain of one's own. */
  readonly domainTarget: string | undefined;

  constructor(scope: Construct, id: string, props: ServiceApiProps) {
    super(scope, id);
    const { settings } = props;
    this.api = new apigateway.HttpApi(this, 'Api', {
      apiName: `${systemName}-${settings.name}`,
      createDefaultStage: false,
      // One address alone: tokens, links and the portal's origin are of that one.
      disableExecuteApiEndpoint: settings.domain.kind === 'own',
      corsPreflight: {
        allowOrigins: [...props.origins],
        allowMethods: [...new Set(allRoutes.map(({ method }) => apigateway.CorsHttpMethod[method]))],
        allowHeaders: [
          ...['authorization', 'content-type', 'if-match', 'if-none-match'],
          ...['idempotency-key', 'objection-receipt', 'x-bank-signature'],
        ],
        // Two hours, which is the longest that browsers keep it.
        maxAge: Duration.hours(2),
        exposeHeaders: [
          ...[
            'content-disposition',
            'etag',
            'link',
            'location',
            'retry-after',
            'www-authenticate',
            'x-request-id',
          ],
          'x-payment-signature',
        ],
      },
    });
    const stage = this.#addStage(props);
    const domain = this.#addDomain(settings, stage);
    this.url = domain ? `https://${domain.name}` : this.api.apiEndpoint;
    this.domainTarget = domain?.regionalDomainName;
    this.#addRoutes(props.functions, this.#authorizer(props), settings);
    this.#addPortal(props.portal);
    this.#limitRoutes(stage, settings);
  }

  #authorizer({ settings, issuer }: ServiceApiProps): HttpJwtAuthorizer {
    const audience = new CfnParameter(this, 'OidcAudience', {
      description: 'Audience of the access tokens (aud or client_id claim)',
      default: settings.oidcAudience,
      minLength: 1,
    });
    audience.overrideLogicalId('OidcAudience');
    // A JWT authorizer and no Lambda authorizer: in China the latter needs an ICP licence, and user pools are missing.
    return new HttpJwtAuthorizer('Oidc', issuer, { jwtAudience: [audience.valueAsString] });
  }

  #addRoutes(
    functions: ServiceApiProps['functions'],
    authorizer: HttpJwtAuthorizer,
    { scopes }: Environment,
  ): void {
    const integrations = Object.fromEntries(
      Object.entries(functions).map(([audience, { function: handler }]) => [
        audience,
        // One permission for the function rather than one for each route: they are all its own.
        new HttpLambdaIntegration(pascalCase(audience), handler, { scopePermissionToRoute: false }),
      ]),
    );
    const integrationOf = (audience: NamedRoute['audience']) => {
      const integration = integrations[audience];
      if (!integration) throw new Error(`no function serves the audience ${audience}`);
      return integration;
    };
    const made: apigateway.HttpRoute[] = [];
    for (const { id, method, path, roles, audience } of allRoutes) {
      const isPublic = roles.length === 0;
      const route = new apigateway.HttpRoute(this, pascalCase(id), {
        httpApi: this.api,
        routeKey: apigateway.HttpRouteKey.with(path, apigateway.HttpMethod[method]),
        integration: integrationOf(audience),
        // In China a route without an authorizer needs an ICP filing of the domain before it answers.
        ...(!isPublic && {
          authorizer,
          authorizationScopes: scopesOf({ roles }).map(([scope]) => scopes[scope]),
        }),
      });
      const before = made.at(-routesAtOnce);
      if (before) afterRoute(route, before);
      made.push(route);
      if (isPublic)
        this.#leaveOpen(route, 'The public notice and the description of the API are for everybody, by law.');
    }
    const other = new apigateway.HttpRoute(this, 'Unknown', {
      httpApi: this.api,
      routeKey: apigateway.HttpRouteKey.DEFAULT,
      integration: integrationOf('public'),
    });
    this.#leaveOpen(other, 'It says that there is nothing at this path, and reads nothing.');
  }

  #leaveOpen(route: apigateway.HttpRoute, reason: string): void {
    Validations.of(route).acknowledge({ id: 'AwsSolutions-APIG4', reason });
  }

  /** The portal's pages at every other address: from the API's own origin, so that nothing needs CORS. */
  #addPortal({ function: handler }: ServiceFunction): void {
    const integration = new HttpLambdaIntegration('Portal', handler, { scopePermissionToRoute: false });
    for (const [id, path] of [
      ['PortalHome', '/'],
      ['PortalPage', '/{path+}'],
    ] as const) {
      const route = new apigateway.HttpRoute(this, id, {
        httpApi: this.api,
        routeKey: apigateway.HttpRouteKey.with(path, apigateway.HttpMethod.GET),
        integration,
      });
      this.#leaveOpen(
        route,
        'Pages and scripts of the portal hold no data: it asks the API for them, with a login where that is needed.',
      );
    }
  }

  /** Each route has a limit of its own: a flood on one leaves the others. The stage's is for pages and what there is not. */
  #limitRoutes(stage: apigateway.HttpStage, { throttling }: Environment): void {
    const resource = stage.node.defaultChild;
    if (!(resource instanceof apigateway.CfnStage))
      throw new Error('the stage has no CloudFormation resource');
    resource.routeSettings = Object.fromEntries(
      allRoutes.map(({ method, path, roles }) => {
        const { rateLimit, burstLimit } = throttleOf(throttling[callersOf(roles)]);
        const limits = { ThrottlingRateLimit: rateLimit, ThrottlingBurstLimit: burstLimit };
        return [`${method} ${path}`, limits];
      }),
    );
    // Settings of a route that is not there yet fail the deployment.
    for (const { id } of allRoutes) stage.node.addDependency(this.node.findChild(pascalCase(id)));
  }

  /** The domain of the environment, of a certificate that is in ACM already: in China it is imported there. */
  #addDomain({ domain }: Environment, stage: apigateway.IHttpStage): apigateway.DomainName | undefined {
    if (domain.kind === 'gateway') return undefined;
    const arn = Stack.of(this).formatArn({
      service: 'acm',
      resource: 'certificate',
      resourceName: domain.certificate,
    });
    const domainName = new apigateway.DomainName(this, 'Domain', {
      domainName: domain.name,
      certificate: Certificate.fromCertificateArn(this, 'Certificate', arn),
    });
    new apigateway.ApiMapping(this, 'DomainMapping', { api: this.api, domainName, stage });
    return domainName;
  }

  #addStage({ settings, logsKey }: ServiceApiProps): apigateway.HttpStage {
    const accessLog = new logs.LogGroup(this, 'AccessLog', {
      ...logGroupProps(settings, logsKey),
      logGroupName: names.deliveredLogs(settings.name, 'apis', 'access'),
    });
    const counted = [
      ['Throttled', '429', throttledMetricName],
      ['Forbidden', '403', forbiddenMetricName],
    ] as const;
    for (const [id, status, metricName] of counted) {
      new logs.MetricFilter(this, id, {
        logGroup: accessLog,
        filterPattern: logs.FilterPattern.stringValue('$.status', '=', status),
        metricNamespace,
        metricName,
        metricValue: '1',
        defaultValue: 0,
      });
    }
    return new apigateway.HttpStage(this, 'Stage', {
      httpApi: this.api,
      stageName: '$default',
      autoDeploy: true,
      throttle: throttleOf(settings.throttling.public),
      accessLogSettings: {
        destination: new apigateway.LogGroupLogDestination(accessLog),
        // Who asked for what, from where: 等保三级 wants it kept, 180 days at least. The subject is the identity provider's id
        // and no name; neither agent nor any other claim is kept.
        format: AccessLogFormat.custom(
          JSON.stringify({
            requestId: '$context.requestId',
            requestTime: '$context.requestTime',
            sourceAddress: '$context.identity.sourceIp',
            subject: '$context.authorizer.claims.sub',
            route: '$context.routeKey',
            status: '$context.status',
            responseBytes: '$context.responseLength',
            latencyMs: '$context.responseLatency',
            integrationLatencyMs: '$context.integrationLatency',
            integrationError: '$context.integrationErrorMessage',
            authorizerError: '$context.authorizer.error',
          }),
        ),
      },
    });
  }
}

function throttleOf({ ratePerSecond, burst }: Environment['throttling']['public']) {
  return { rateLimit: ratePerSecond, burstLimit: burst };
}

/** Whose limits a route has. */
function callersOf(roles: readonly Role[]): keyof Environment['throttling'] {
  if (roles.length === 0) return 'public';
  return roles.some((role) => applicantRoles.includes(role)) ? 'applicant' : 'official';
}

/** Has a route made after another one. */
function afterRoute(route: apigateway.HttpRoute, before: apigateway.HttpRoute): void {
  const [made, first] = [route.node.defaultChild, before.node.defaultChild];
  if (!(made instanceof apigateway.CfnRoute) || !(first instanceof apigateway.CfnRoute))
    throw new Error('a route has no CloudFormation resource');
  made.addDependency(first);
}
