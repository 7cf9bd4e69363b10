/** The OpenID Connect issuer of the embedded cloud: oidc-provider with the demo users. */
import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { exportJWK, generateKeyPair } from 'jose';
import Provider, { interactionPolicy, type RequestContext, type ResourceServer } from 'oidc-provider';
import * as z from 'zod';
import type { Log } from '../contracts.ts';
import { readState, writeState } from '../state-file.ts';
import { type DemoUser, findDemoUser, identifierOf } from './demo-users.ts';
import { loginPage } from './login-page.ts';
import { memoryAdapter } from './memory-adapter.ts';

export interface IssuerOptions {
  /** Base URL of the server that it is mounted on; the issuer is `<serverUrl>/oidc`. */
  readonly serverUrl: string;
  /** Audience of the access tokens. */
  readonly audience: string;
  readonly dataDir: string;
  readonly log: Log;
}

export interface Issuer {
  readonly url: string;
  /** Answers a request below the issuer's path. */
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /**
   * An access token of a demo user, as the token endpoint would give it. Rejects for an unknown user.
   * @param scope Default: all.
   */
  token(userName: string, scope?: string): Promise<string>;
}

/** Where the issuer is mounted. */
export const issuerPath = '/oidc';

/** The single-page portal's client: public, so authorization code with PKCE only. */
const clientId = 'portal';
const resource = 'urn:guangzhou-software-support:api';
const resourceScope = 'apply work';
const tokenLifetimeSeconds = 12 * 60 * 60;

const secretsSchema = z.object({
  jwks: z.object({ keys: z.array(z.record(z.string(), z.unknown())) }),
  cookieKey: z.string(),
});

/** Creates the issuer; its keys are kept in the data dir, so tokens outlive a restart. */
export async function createIssuer(options: IssuerOptions): Promise<Issuer> {
  const url = `${options.serverUrl}${issuerPath}`;
  const secrets = await loadSecrets(join(options.dataDir, 'issuer', 'secrets.json'));
  const api: ResourceServer = {
    identifier: () => resource,
    scope: resourceScope,
    audience: options.audience,
    accessTokenFormat: 'jwt',
    jwt: { sign: { alg: 'RS256' } },
  };
  // Nobody has to consent to the system's own portal.
  const policy = interactionPolicy.base();
  policy.remove('consent');
  const provider: Provider = new Provider(url, {
    adapter: memoryAdapter(),
    clients: [portalClient(options.serverUrl)],
    jwks: secrets.jwks,
    cookies: { keys: [secrets.cookieKey] },
    scopes: ['openid', 'profile', 'offline_access'],
    claims: {
      openid: ['sub'],
      profile: ['name', 'person_id', 'roles', 'organisation', 'organisation_name', 'department'],
    },
    conformIdTokenClaims: false,
    features: {
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => resource,
        getResourceServerInfo: () => api,
        useGrantedResource: () => true,
      },
    },
    interactions: {
      policy,
      url: (_: unknown, { uid }: { uid: string }) => `${issuerPath}/interaction/${uid}`,
    },
    loadExistingGrant: async (context: RequestContext) => {
      const { client, session } = context.oidc;
      const grant = new provider.Grant({ accountId: session.accountId, clientId: client.clientId });
      grant.addOIDCScope('openid profile offline_access');
      grant.addResourceScope(resource, resourceScope);
      await grant.save();
      return grant;
    },
    findAccount: (_: unknown, id: string) => {
      const user = findDemoUser(id);
      return user && { accountId: id, claims: () => ({ sub: id, ...claimsOf(user) }) };
    },
    extraTokenClaims: (_: unknown, token: { accountId?: string }) => {
      const user = findDemoUser(token.accountId ?? '');
      return user && claimsOf(user);
    },
    clientBasedCORS: (_: unknown, origin: string) =>
      /^http:\/\/(127\.0\.0\.1|localhost)(:\d+)?$/.test(origin),
    ttl: {
      AuthorizationCode: 60,
      Interaction: 3600,
      AccessToken: tokenLifetimeSeconds,
      IdToken: tokenLifetimeSeconds,
      RefreshToken: tokenLifetimeSeconds,
      Session: tokenLifetimeSeconds,
      Grant: tokenLifetimeSeconds,
    },
  });
  provider.on('server_error', (_, error) => options.log(`[issuer] ${error.message}`));
  const callback = provider.callback();

  const token = async (userName: string, scope = resourceScope): Promise<string> => {
    const client = await provider.Client.find(clientId);
    if (!client || !findDemoUser(userName)) throw new Error(`there is no demo user ${userName}`);
    const accessToken = new provider.AccessToken({
      accountId: userName,
      client,
      scope,
      gty: 'demo',
      resourceServer: api,
      expiresIn: tokenLifetimeSeconds,
    });
    return accessToken.save();
  };

  return {
    url,
    token,
    async handle(request, response) {
      const path = (request.url ?? '').slice(issuerPath.length).split('?')[0] ?? '';
      try {
        if (path === '/demo-token') await answerDemoToken(request, response, token);
        else if (path.startsWith('/interaction/')) await interact(provider, request, response);
        else {
          // The provider finds its own mount path by comparing the two.
          const original = request.url ?? '';
          Object.assign(request, { originalUrl: original, url: original.slice(issuerPath.length) || '/' });
          await callback(request, response);
        }
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        if (!response.headersSent) answerJson(response, 400, { error: 'invalid_request', message });
      }
    },
  };
}

function claimsOf(user: DemoUser): Readonly<Record<string, unknown>> {
  return {
    name: user.displayName,
    person_id: identifierOf(user),
    // Choosing a name stands for both factors.
    acr: 'two-factor',
    roles: user.roles,
    ...(user.organisation && { organisation: user.organisation }),
    ...(user.organisationName && { organisation_name: user.organisationName }),
    ...(user.department && { department: user.department }),
  };
}

function portalClient(serverUrl: string): Readonly<Record<string, unknown>> {
  return {
    client_id: clientId,
    client_name: '申报门户 Portal',
    // Native: a loopback address may have any port, which suits a portal served by its own tools.
    application_type: 'native',
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    redirect_uris: [`${serverUrl}/callback`, 'http://127.0.0.1/callback', 'http://localhost/callback'],
    post_logout_redirect_uris: [`${serverUrl}/`, 'http://127.0.0.1/', 'http://localhost/'],
  };
}

async function loadSecrets(path: string): Promise<z.infer<typeof secretsSchema>> {
  const kept = readState(path, secretsSchema);
  if (kept) return kept;
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const key = {
    ...(await exportJWK(privateKey)),
    alg: 'RS256',
    use: 'sig',
    kid: randomBytes(8).toString('hex'),
  };
  const secrets = { jwks: { keys: [key] }, cookieKey: randomBytes(32).toString('base64url') };
  writeState(path, secrets);
  return secrets;
}

/** Shows the list of users, or ends the login with the chosen one. */
async function interact(
  provider: Provider,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  await provider.interactionDetails(request, response);
  if (request.method !== 'POST') {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' });
    response.end(loginPage());
    return;
  }
  const accountId = new URLSearchParams(await readText(request)).get('login') ?? '';
  if (!findDemoUser(accountId)) throw new Error(`there is no demo user ${accountId}`);
  await provider.interactionFinished(
    request,
    response,
    { login: { accountId } },
    { mergeWithLastSubmission: false },
  );
}

const demoTokenSchema = z.object({ user: z.string() });

/** `POST /oidc/demo-token {"user": …}`: a token without a browser, for curl and scripts. */
async function answerDemoToken(
  request: IncomingMessage,
  response: ServerResponse,
  token: (userName: string) => Promise<string>,
): Promise<void> {
  // Pages of other sites cannot send this type without a preflight, which is not answered.
  if (request.method !== 'POST' || request.headers['content-type'] !== 'application/json') {
    return answerJson(response, 405, { error: 'invalid_request', message: 'POST application/json' });
  }
  const { user } = demoTokenSchema.parse(JSON.parse(await readText(request)));
  if (!findDemoUser(user)) return answerJson(response, 404, { error: 'unknown_user' });
  const accessToken = await token(user);
  answerJson(response, 200, {
    access_token: accessToken,
    token_type: 'Bearer',
    expires_in: tokenLifetimeSeconds,
  });
}

async function readText(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) {
    text += String(chunk);
    if (text.length > 10_000) throw new Error('the request is too large');
  }
  return text;
}

function answerJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}
