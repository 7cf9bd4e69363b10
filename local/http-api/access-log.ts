/** Lines of the API's access log, in the format that its stage has. */

/** What a request is logged by; what is not known is `-`, as API Gateway writes it. */
export interface Access {
  readonly requestId: string;
  readonly time: Date;
  readonly sourceIp: string;
  routeKey?: string;
  subject?: string | undefined;
  status?: number;
  responseLength?: number;
  responseLatency?: number;
  integrationLatency?: number;
  integrationError?: string;
  authorizerError?: string;
}

const variables: Readonly<Record<string, (access: Access) => string | number | undefined>> = {
  requestId: ({ requestId }) => requestId,
  requestTime: ({ time }) => clfTime(time),
  'identity.sourceIp': ({ sourceIp }) => sourceIp,
  'authorizer.claims.sub': ({ subject }) => subject,
  routeKey: ({ routeKey }) => routeKey,
  status: ({ status }) => status,
  responseLength: ({ responseLength }) => responseLength,
  responseLatency: ({ responseLatency }) => responseLatency,
  integrationLatency: ({ integrationLatency }) => integrationLatency,
  integrationErrorMessage: ({ integrationError }) => integrationError,
  'authorizer.error': ({ authorizerError }) => authorizerError,
};

const variable = /\$context\.([A-Za-z.]+)/g;

/** @throws Error for a format with a variable that is not known here. */
export function requireKnown(format: string): string {
  const unknown = [...format.matchAll(variable)].find(([, name = '']) => !Object.hasOwn(variables, name));
  if (unknown) throw new Error(`the access log's format has ${unknown[0]}, which is not known here`);
  return format;
}

/** The line of a request. */
export function accessLine(format: string, access: Access): string {
  return format.replace(variable, (_, name: string) =>
    JSON.stringify(String(variables[name]?.(access) ?? '-')).slice(1, -1),
  );
}

/** `12/Mar/2020:19:03:58 +0000`. */
export function clfTime(time: Date): string {
  const [, day, month, year, clock] = time.toUTCString().split(' ');
  return `${day}/${month}/${year}:${clock} +0000`;
}
