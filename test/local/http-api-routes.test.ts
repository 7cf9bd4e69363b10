import { describe, expect, it } from 'vitest';
import { HttpApiDefinition } from '../../local/http-api/definition.ts';
import { compileRoute, matchRoute } from '../../local/http-api/routes.ts';

describe('routes', () => {
  const routes = [
    '$default',
    'ANY /{all+}',
    'GET /pets/{proxy+}',
    'GET /pets/{id}',
    'ANY /pets/dog',
    'GET /pets/dog/{part}',
    'GET /',
  ].map((key) => ({ key, pattern: compileRoute(key) }));

  it.each([
    ['GET', '/pets/dog', 'ANY /pets/dog', {}],
    ['GET', '/pets/1', 'GET /pets/{id}', { id: '1' }],
    ['POST', '/pets/1', 'ANY /{all+}', { all: 'pets/1' }],
    ['GET', '/pets/dog/ear', 'GET /pets/dog/{part}', { part: 'ear' }],
    ['GET', '/pets/dog/ear/tip', 'GET /pets/{proxy+}', { proxy: 'dog/ear/tip' }],
    ['GET', '/', 'GET /', {}],
    ['POST', '/', '$default', {}],
  ])('%s %s goes to %s', (method, path, key, pathParameters) => {
    const match = matchRoute(routes, method, path);
    expect([match?.route.key, match?.pathParameters]).toEqual([key, pathParameters]);
  });
});

describe('the definition', () => {
  it.each([
    [
      'AWS::ApiGatewayV2::Api',
      { ProtocolType: 'WEBSOCKET' },
      /Broken \(AWS::ApiGatewayV2::Api\): ProtocolType/,
    ],
    [
      'AWS::ApiGatewayV2::Route',
      { ApiId: 'A', RouteKey: 'GET /', Target: 'integrations/x' },
      /does not exist/,
    ],
    [
      'AWS::ApiGatewayV2::Authorizer',
      { ApiId: 'A', AuthorizerType: 'REQUEST' },
      /Broken \(AWS::ApiGatewayV2::Authorizer\): AuthorizerType/,
    ],
  ] as const)('refuses what it cannot do: %s', (type, properties, message) => {
    expect(() => new HttpApiDefinition('http://x').add('Broken', type, properties)).toThrow(message);
  });
});
